internal import CCurl
internal import Glibc

/// The libcurl in use: loaded when something is first asked for over the network.
package enum CurlLibrary {
    /// Must have returned before anything of libcurl is called; after the first time it costs
    /// nothing.
    package static func load() throws(TransferError) {
        guard let problem = reel_curl_load() else { return }
        defer { free(problem) }
        throw .missingLibrary(String(cString: problem))
    }

    /// For diagnostics, with what it is built with: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
    package static func version() throws(TransferError) -> String {
        try load()
        return String(cString: curl_version())
    }
}
