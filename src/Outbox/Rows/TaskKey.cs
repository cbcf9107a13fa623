namespace Messaging.Outbox;

/// <summary>A name and a value by which a task is found (<see cref="SearchKeyAttribute"/>).</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="Value">The value as text.</param>
public sealed record TaskKey(string Name, string Value);
