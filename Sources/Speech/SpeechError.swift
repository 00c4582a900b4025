/// What can go wrong with the models that listen.
package enum SpeechError: Error, Equatable, CustomStringConvertible {
    /// No ONNX file, or one without numbers in single precision.
    case notONNX(path: String)
    /// The recogniser is not there; the sentence says where it is to be had.
    case missingLibrary(String)
    /// The recogniser refused its model folder.
    case recognizerRefused(folder: String)
    /// The recogniser gave up on a span, which starts at that second.
    case recognitionFailed(atSeconds: Double)

    package var description: String {
        switch self {
        case .notONNX(let path):
            "The voice model \(path) cannot be read as an ONNX file. "
                + "Fetch it again with scripts/fetch-models."
        case .missingLibrary(let sentence):
            "Speech is not recognised. \(sentence)"
        case .recognizerRefused(let folder):
            "PocketSphinx cannot use the model in \(folder). Install Debian's pocketsphinx-en-us, "
                + "or name another folder."
        case .recognitionFailed(let seconds):
            "PocketSphinx gave up on the speech at \(seconds) s."
        }
    }
}
