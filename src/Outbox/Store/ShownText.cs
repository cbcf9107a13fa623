namespace Messaging.Outbox.Store;

/// <summary>
/// What a caller may search who sees e-mail addresses masked: a text without what stands before the <c>@</c> of an address, also an encoded one. It hides at least what the
/// mask of the API hides: a backslash does not end a word here, because it may begin an escaped letter.
/// </summary>
internal static class ShownText
{
    /// <summary>A regular expression of what is hidden. PostgreSQL and .NET read it in the same way; its time is linear, because it begins only at a word.</summary>
    public const string Hidden =
        """(?<![^ \t\r\n<>()\[\]{},;:"'`=&?/|])[^ \t\r\n<>()\[\]{},;:"'`=&?/|]+(?:@|%40|\\u0040|(?:&|\\u0026)#(?:64|x40);)""";

    /// <summary>What stands in its place: no text that is searched has a line break, so none is found across it.</summary>
    public const string Instead = "\n@";

    /// <summary>SQL of the text in lower case. SQLite has the function from <c>SqliteFunctions</c>.</summary>
    public static string Sql(string column, SqlFilter filter) =>
        $"regexp_replace(lower({column}), {filter.Parameter(Hidden)}, {filter.Parameter(Instead)}, 'g')";
}
