/// Why a transfer did not come to its end. Whoever asked for it says to whom it was.
package enum TransferError: Error, Sendable, Equatable {
    case noMemory
    /// libcurl is not there; the sentence says where it is to be had.
    case missingLibrary(String)
    case badAddress(url: String)
    /// The host's name leads to an address that was not allowed.
    case refusedAddress(host: String, address: String)
    /// A redirect leads where nothing may be asked: to another scheme, or away too often.
    case refusedRedirect(to: String)
    case unreachable(reason: String)
    case timedOut
    /// The connection ended before the body did.
    case brokenOff
    case bodyTooLarge(limit: Int)
}
