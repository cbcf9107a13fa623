namespace Messaging.Outbox;

/// <summary>
/// Makes tasks searchable by the value of a property of their message: <c>GET /tasks?key=orderId:42</c>. The value is stored in the
/// transaction of the task, also if its payload is not kept, and can be read by everybody with an access key.
/// </summary>
/// <remarks>
/// The property is a string, boolean, integer, decimal, UUID, enum, date or time of the message itself. A value that is null, empty,
/// longer than 200 characters or not storable is not stored. A message has at most eight keys. A wrong key stops the process at its start.
/// </remarks>
/// <param name="name">The name of the key. Default: the name of the property in JSON.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SearchKeyAttribute(string? name = null) : Attribute
{
    /// <summary>The name; null for that of the property in JSON.</summary>
    public string? Name => name;
}
