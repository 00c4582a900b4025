/// What can be wrong with a question to a library.
package enum RetrievalError: Error, Sendable, Equatable {
    /// After `WITHIN`, or in `like:ASSET@TIME`.
    case unreadableTime(operation: String, text: String)
    /// `like:` names an asset that is not in the library.
    case unknownAsset(String)
    /// `like:` names more than one.
    case ambiguousAsset(String, paths: [String])
    /// The moment to compare with has no vector of any channel that is searched.
    case nothingToCompare(asset: String)
    /// A picture is sought and there is no model to look with.
    case noPictureModel
}

extension RetrievalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadableTime(let operation, let text):
            "\(operation) is followed by “\(text)”, which is no time. "
                + "Times are written 20s, 2m, 1h or 1:30."
        case .unknownAsset(let name):
            "like:\(name) names nothing in this library. reel ls lists what is."
        case .ambiguousAsset(let name, let paths):
            "like:\(name) may mean \(paths.prefix(3).joined(separator: ", "))"
                + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
                + ". Write more of the path, or the asset's id."
        case .nothingToCompare(let asset):
            "There is nothing to compare with at that time of \(asset): no key frame and no words."
        case .noPictureModel:
            "A picture cannot be sought: the library, or this machine, has no model for pictures."
        }
    }
}
