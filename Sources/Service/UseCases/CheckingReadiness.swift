internal import Storage

extension Application {
    /// Whether the library can be opened, and what is in it. Cheap.
    /// - Returns: a folder without a library yet is no fault: the first ingest makes one.
    package func libraryState() -> (isGood: Bool, detail: String) {
        do {
            let library = try LibraryReader(root: configuration.indexPath)
            return (true, "generation \(library.generation)")
        } catch StorageError.noLibrary {
            return (true, "nothing indexed yet")
        } catch {
            return (false, Failure(error).description)
        }
    }
}
