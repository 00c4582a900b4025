import Checkpoints

/// Finds a tower's settings in the configuration of a whole CLIP or of that tower alone.
struct CLIPSettings {
    /// Of the space shared by images and texts.
    let dimension: Int
    let section: ModelConfiguration

    /// `part` is "text" or "vision"; `alone` the model type of a checkpoint with just that tower.
    init(_ directory: ModelDirectory, part: String, alone: String) throws {
        let whole = directory.configuration
        switch directory.modelType {
        case "clip":
            // Old files repeat the section under a second name, which then counts.
            section = try whole.section("\(part)_config")
                .overridden(by: whole.section("\(part)_config_dict"))
        case alone: section = whole
        default:
            throw CheckpointError.unsupportedModel(
                path: directory.path, found: directory.modelType, supported: ["clip", alone])
        }
        dimension = try whole.size("projection_dim", default: 512, atMost: 1 << 16)
    }
}
