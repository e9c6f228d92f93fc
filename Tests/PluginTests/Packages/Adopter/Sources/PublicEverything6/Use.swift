import Countersign
import Foundation

func date(of item: PublicStoreAPI.Product) -> Date { item.updatedAt }
