namespace Messaging.ServiceDefaults.Settings;

/// <summary>A section that this process reads, and the type that it is bound to: its settings are the type's properties.</summary>
/// <param name="Name">The section's name, such as <c>Outbox</c>.</param>
/// <param name="Type">The options.</param>
/// <param name="IsPart">
/// Whether another program reads the rest of the section: what is far from every setting here may be one there. It is complete where both parts are
/// registered.
/// </param>
/// <param name="IsKeyed">Whether below the section stands a name for each set of options, such as a queue's.</param>
internal sealed record SettingsSection(string Name, Type Type, bool IsPart = false, bool IsKeyed = false);
