namespace Messaging.ServiceDefaults.Settings;

/// <summary>A section that this process reads and the type that it is bound to; the type's properties are its settings.</summary>
/// <param name="Name">The section's name, such as <c>Outbox</c>.</param>
/// <param name="Type">The options type.</param>
/// <param name="IsPart">
/// Whether another program reads the rest of the section: an unknown setting may belong to that program. If both parts are
/// registered the section is complete.
/// </param>
/// <param name="IsKeyed">Whether the section has a subsection for each name, such as a queue's.</param>
internal sealed record SettingsSection(string Name, Type Type, bool IsPart = false, bool IsKeyed = false);
