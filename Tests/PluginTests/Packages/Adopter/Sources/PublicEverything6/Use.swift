import Countersign
import Foundation

func date(of item: StoreAPI.Product) -> Date { item.updatedAt }
