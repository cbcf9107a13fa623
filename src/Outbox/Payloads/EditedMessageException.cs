namespace Messaging.Outbox;

/// <summary>
/// A message that was edited before it is redriven or run again is not one of its type. The exception's message describes the problem,
/// beginning with a verb or the path of a member, and contains no value of the message.
/// </summary>
public sealed class EditedMessageException : Exception
{
    /// <param name="message">The problem of the whole message, beginning with a verb.</param>
    public EditedMessageException(string message)
        : this([("", message)])
    {
    }

    internal EditedMessageException(IReadOnlyList<(string Path, string Problem)> problems)
        : base(string.Join(' ', problems.Select(p => p.Path.Length == 0 ? p.Problem : $"'{p.Path}' {p.Problem}"))) =>
        Problems = problems.ToLookup(p => p.Path, p => p.Problem, StringComparer.Ordinal).ToDictionary(p => p.Key, p => (IReadOnlyList<string>)[.. p], StringComparer.Ordinal);

    /// <summary>
    /// The problems by the paths of members within the message, such as <c>items[0].email</c>; those of the whole message have an empty path.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Problems { get; }
}
