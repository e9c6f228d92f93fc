import Countersign
import CountersignHTTP

/// The place of one kind of token of a session: the slot, and what was handed out by it.
struct SessionSlot: Sendable {
    /// What the token is asked for with, and the scopes that those who use it need.
    struct ID: Hashable, Sendable {
        var key: SessionTokenKey
        /// In alphabetical order.
        var scopes: [String]
    }

    /// The token that the slot was given last: what another is wanted for.
    final class HandedOut: Sendable {
        let value: Locked<String?>

        init(_ value: String?) {
            self.value = Locked(value)
        }
    }

    let slot: TokenCacheEntry

    /// A slot with the token in it that the session has already, if it has one.
    init(_ id: ID, of core: SessionCore) {
        let token = core.record[id.key]
        let handedOut = HandedOut(token?.value)
        slot = core.client.runtime.newSlot { await core.refresh(id, handedOut) }
        core.keep(slot, as: id)
        let now = core.clock.unixTime()
        if let token, token.isUsable(at: now, policy: core.client.runtime.renewal),
            let accessToken = try? token.accessToken(boundTo: core.dpopKey, clock: core.clock)
        {
            slot.adopt(accessToken)
        }
        // A sign-out before this line found the slot, or is found by it.
        if core.isSignedOut { slot.remove() }
    }
}
