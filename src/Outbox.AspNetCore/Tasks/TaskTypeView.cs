using System.Text.Json.Nodes;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>A message type that can be enqueued by name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Example">A message with all of its members, to be edited.</param>
internal sealed record TaskTypeView(string Name, JsonObject Example);
