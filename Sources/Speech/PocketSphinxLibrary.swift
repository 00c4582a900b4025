import CPocketSphinx
internal import Glibc

/// The PocketSphinx in use: loaded when speech is first recognised.
package enum PocketSphinxLibrary {
    /// Must have returned before anything of PocketSphinx is called; after the first time it costs
    /// nothing.
    package static func load() throws(SpeechError) {
        guard let problem = reel_pocketsphinx_load() else { return }
        defer { free(problem) }
        throw .missingLibrary(String(cString: problem))
    }
}
