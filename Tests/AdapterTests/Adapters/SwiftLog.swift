import Countersign
import Logging

struct LogTelemetry: Telemetry {
    let logger: Logger

    func record(_ event: RuntimeEvent) {
        let metadata = event.metadata.mapValues { Logger.MetadataValue.stringConvertible($0) }
        logger.log(level: Logger.Level(rawValue: event.level.rawValue) ?? .info, "\(event.message)", metadata: metadata)
    }
}
