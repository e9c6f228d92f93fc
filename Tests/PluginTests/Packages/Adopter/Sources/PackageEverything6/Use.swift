import Countersign
import Foundation

func date(of item: PackageStoreAPI.Item) -> Date { item.updatedAt }
