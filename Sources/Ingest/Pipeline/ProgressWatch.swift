internal import Synchronization

/// What the readers are at, for the thread that tells the user.
final class ProgressWatch: Sendable {
    /// One reader's file.
    struct Place: Sendable, Equatable {
        var file: Int
        /// Media time reached.
        var seconds: Double
    }

    private let state = Mutex<[Place]>([])

    /// By file.
    var places: [Place] { state.withLock { $0.sorted { $0.file < $1.file } } }

    func reach(_ seconds: Double, of file: Int) {
        state.withLock { places in
            if let index = places.firstIndex(where: { $0.file == file }) {
                places[index].seconds = seconds
            } else {
                places.append(Place(file: file, seconds: seconds))
            }
        }
    }

    func leave(_ file: Int) {
        state.withLock { places in places.removeAll { $0.file == file } }
    }
}
