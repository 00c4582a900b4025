/// What a text is embedded for. Models that were trained with prompts put one before it; to others
/// it makes no difference.
package enum PromptChoice: Sendable, Equatable {
    /// For nothing in particular: the model's own default, mostly none.
    case standard
    /// To find something with.
    case query
    /// To be found.
    case passage
    /// The prompt that the model has under a name.
    case named(String)
}
