package import Corpus
internal import MediaDecoding
internal import Speech

/// What is said in a file: speech, and its words.
extension Application {
    /// Who turns speech into words.
    package enum Recognizer: String, CaseIterable, Sendable {
        /// The best there is, where no subtitles tell what is said.
        case auto
        /// Nobody: subtitles alone.
        case off
        /// PocketSphinx, also where there are subtitles.
        case pocketSphinx = "pocketsphinx"
    }

    /// The files that a folder of Silero's network may hold, best first. Though of one release, they
    /// hold different weights: those of the ONNX file are what the package itself runs.
    static let voiceWeights = ["silero_vad_16k_op15.onnx", "silero_vad_16k.safetensors"]

    /// The detector of speech, and what should be said about it.
    func voiceModel() throws -> (model: VoiceModel, note: String) {
        guard let path = try voiceWeightsPath() else {
            let model = VoiceModel.spectralEnergy
            return (
                model,
                "The voice model \(configuration.voiceModel) is not installed, so speech is found "
                    + "by \(model.name), which also takes music for speech. "
                    + "Fetch the default models with scripts/fetch-models."
            )
        }
        let network = try SileroNetwork(path: path)
        let model = VoiceModel.silero(network)
        return (model, "Speech is found by \(model.name).")
    }

    /// The file of the voice network; nil when there is none.
    func voiceWeightsPath() throws -> String? {
        for file in Self.voiceWeights {
            if let folder = try modelPath(configuration.voiceModel, with: file) {
                return folder + "/" + file
            }
        }
        return nil
    }

    /// Opens the recogniser; nil, with a sentence why, where its model is missing or broken.
    func transcriber() -> (transcriber: (any Transcriber)?, note: String) {
        let folder = configuration.pocketSphinxModel
        guard PocketSphinxTranscriber.hasModel(in: folder) else {
            return (
                nil,
                "PocketSphinx has no model in \(folder), so speech without subtitles is not "
                    + "recognised. Install Debian's pocketsphinx-en-us."
            )
        }
        do {
            let transcriber = try PocketSphinxTranscriber(folder: folder)
            return (transcriber, transcriber.warning ?? "")
        } catch {
            return (nil, "\(error)")
        }
    }

    /// What was heard in a file, and what should be said about how.
    package struct Listening: Sendable {
        /// All speech; where nothing was recognised because subtitles cover it all, too.
        package var spans: [TimeSpan] = []
        /// Subtitles and recognised words, by start.
        package var passages: [Passage] = []
        package var notes: [String] = []
        /// What was wrong with a sound that could be read in part.
        package var damage: String?
    }

    /// The spans of speech in a file, with the settings of Silero's own tool.
    package func speech(
        ofFileAt path: String, progress: @escaping (_ seconds: Double) throws -> Void
    ) throws -> Listening {
        try Failure.translating {
            let file = try openSound(path)
            let (model, note) = try voiceModel()
            var settings = SpeechListener.Settings()
            settings.spans = SpeechSpanSettings()
            settings.progress = progress
            var listener = SpeechListener(model: model, settings: settings)
            let damage = try AudioReader().samples(of: file) { samples, seconds in
                try listener.hear(samples, atSeconds: seconds)
            }
            let heard = try listener.finish()
            return Listening(spans: heard.spans, notes: [note], damage: damage?.description)
        }
    }

    /// How likely each 32 ms of a file's sound are speech, in order.
    /// - Parameter body: gets a probability, 0…1, and the time where its window starts.
    package func voiceProbabilities(
        ofFileAt path: String, _ body: (_ probability: Float, _ seconds: Double) throws -> Void
    ) throws -> Listening {
        try Failure.translating {
            let file = try openSound(path)
            let (model, note) = try voiceModel()
            var detector = model.makeDetector()
            var origin = 0.0
            var samplesHeard = 0
            var windows = 0
            func give(_ probabilities: [Float]) throws {
                for probability in probabilities {
                    let place = windows * VoiceWindow.length
                    try body(
                        probability, origin + Double(place) / Double(VoiceWindow.sampleRate))
                    windows += 1
                }
            }
            let damage = try AudioReader().samples(of: file) { samples, seconds in
                let expected = origin + Double(samplesHeard) / Double(VoiceWindow.sampleRate)
                if samplesHeard == 0 || abs(seconds - expected) > 0.05 {
                    try give(detector.finish())
                    (origin, samplesHeard, windows) = (seconds, 0, 0)
                }
                samplesHeard += samples.count
                try give(detector.probabilities(appending: samples))
            }
            try give(detector.finish())
            return Listening(notes: [note], damage: damage?.description)
        }
    }

    /// The words of a file: its subtitles, and speech recognised by a machine.
    package func transcribe(
        fileAt path: String, with recognizer: Recognizer,
        progress: @escaping (_ seconds: Double) throws -> Void
    ) throws -> Listening {
        try Failure.translating {
            let file = try MediaFile.open(path: path)
            var listening = Listening()
            if recognizer != .pocketSphinx {
                let found = try MediaSubtitles.read(
                    from: file, atPath: path, languages: configuration.languages)
                (listening.passages, listening.notes) = (found.passages, found.notes)
            }
            guard recognizer != .off else { return listening }
            guard file.mainAudioStream != nil else {
                listening.notes.append("There is no sound in \(path).")
                return listening
            }
            let (model, detectorNote) = try voiceModel()
            let (transcriber, note) = transcriber()
            listening.notes += [detectorNote, note]
            guard let transcriber else { return listening }
            var settings = SpeechListener.Settings()
            settings.workers = configuration.workers
            settings.covered = listening.passages.compactMap(\.span)
            settings.progress = progress
            var listener = SpeechListener(
                model: model, transcriber: transcriber, settings: settings)
            let damage = try AudioReader().samples(of: file) { samples, seconds in
                try listener.hear(samples, atSeconds: seconds)
            }
            let heard = try listener.finish()
            listening.spans = heard.spans
            listening.damage = damage?.description
            listening.passages = (listening.passages + heard.passages).sorted { left, right in
                (left.span?.startSeconds ?? 0) < (right.span?.startSeconds ?? 0)
            }
            listening.notes += Self.notes(on: heard)
            return listening
        }
    }

    /// What people should know about speech that has no words.
    private static func notes(on heard: SpeechListener.Heard) -> [String] {
        var notes: [String] = []
        if heard.spans.isEmpty { notes.append("No speech was found.") }
        if heard.disbelievedCount > 0 {
            notes.append(
                "What was recognised in \(heard.disbelievedCount) of \(heard.recognizedCount) "
                    + "spans of speech was left out: it does not sound like English.")
        }
        if heard.failedCount > 0 {
            notes.append("The recogniser failed on \(heard.failedCount) spans of speech.")
        }
        return notes
    }

    private func openSound(_ path: String) throws -> MediaFile {
        let file = try MediaFile.open(path: path)
        guard file.mainAudioStream != nil else {
            throw Failure(.badData, "There is no sound in \(path).")
        }
        return file
    }
}
