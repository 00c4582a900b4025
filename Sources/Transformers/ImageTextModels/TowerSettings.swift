import Checkpoints

/// Finds a tower's settings in the configuration of a whole model or of that tower alone.
struct TowerSettings {
    /// Of the whole, or of the tower where it is alone.
    let whole: ModelConfiguration
    let section: ModelConfiguration

    /// - Parameters:
    ///   - model: the model type of the whole, such as "clip".
    ///   - part: "text" or "vision".
    ///   - alone: the model type of a checkpoint with just that tower.
    init(_ directory: ModelDirectory, model: String, part: String, alone: String) throws {
        whole = directory.configuration
        switch directory.modelType {
        case model:
            // Old files repeat the section under a second name, which then counts.
            section = try whole.section("\(part)_config")
                .overridden(by: whole.section("\(part)_config_dict"))
        case alone: section = whole
        default:
            throw CheckpointError.unsupportedModel(
                path: directory.path, found: directory.modelType, supported: [model, alone])
        }
    }
}
