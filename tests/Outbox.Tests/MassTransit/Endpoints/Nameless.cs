using System.Diagnostics.CodeAnalysis;

/// <summary>A message that the bus cannot name.</summary>
[SuppressMessage("Design", "MA0047:Declare types in namespaces", Justification = "This is what is tested.")]
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "This is what is tested.")]
public sealed record Nameless(int Number);
