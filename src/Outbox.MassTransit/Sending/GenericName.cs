namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Reads the arguments of a generic type in a URN.</summary>
internal static class GenericName
{
    /// <summary>How deep arguments may be nested: a name comes from a message.</summary>
    private const int MaxDepth = 8;

    /// <param name="list">The list of arguments, such as <c>[[Shop:Order],[Shop:Page[[Shop:Item]]]]</c>.</param>
    /// <returns>The arguments without their brackets; none if the brackets do not match.</returns>
    public static IReadOnlyList<string> ArgumentsOf(string list)
    {
        var (arguments, depth, start) = (new List<string>(), 0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            switch (list[i])
            {
                case '[' when ++depth == 2:
                    start = i + 1;
                    break;
                case ']' when depth-- == 2:
                    arguments.Add(list[start..i]);
                    break;
            }

            if (depth > MaxDepth * 2)
            {
                return [];
            }
        }

        return depth == 0 ? arguments : [];
    }
}
