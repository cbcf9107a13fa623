using System.Buffers;

namespace Messaging.Outbox.Staging;

/// <summary>
/// Refuses statements that begin or end a transaction. The units of a group share one transaction, and their commands are sent in
/// one batch: a ROLLBACK in one of them would undo the work of others, and a COMMIT would store half of it, without an error.
/// </summary>
internal static class TransactionWords
{
    private static readonly string[] Words = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "PREPARE TRANSACTION"];
    private static readonly SearchValues<char> Quotes = SearchValues.Create("'\"-/;");

    /// <exception cref="UnitOfWorkMisuseException">One of the statements begins or ends a transaction.</exception>
    public static void Check(string sql)
    {
        var rest = AfterComments(sql);
        while (!rest.IsEmpty)
        {
            if (WordOf(rest) is { } word)
            {
                throw UnitOfWorkMisuseException.TransactionWord(word);
            }

            if (StartsWith(rest, "CREATE"))
            {
                return; // the body of a trigger or function may contain these words
            }

            rest = AfterComments(AfterStatement(rest));
        }
    }

    private static string? WordOf(ReadOnlySpan<char> statement)
    {
        foreach (var word in Words)
        {
            if (StartsWith(statement, word))
            {
                return word == "ROLLBACK" && IsToSavepoint(statement[word.Length..]) ? null : word;
            }
        }

        return null;
    }

    /// <summary>ROLLBACK [WORK | TRANSACTION] TO …</summary>
    private static bool IsToSavepoint(ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        foreach (var word in (ReadOnlySpan<string>)["WORK", "TRANSACTION"])
        {
            if (StartsWith(rest, word))
            {
                rest = rest[word.Length..].TrimStart();
            }
        }

        return StartsWith(rest, "TO");
    }

    private static bool StartsWith(ReadOnlySpan<char> text, string word) =>
        text.StartsWith(word, StringComparison.OrdinalIgnoreCase)
        && (text.Length == word.Length || !(char.IsLetterOrDigit(text[word.Length]) || text[word.Length] == '_'));

    private static ReadOnlySpan<char> AfterComments(ReadOnlySpan<char> text)
    {
        while (true)
        {
            text = text.TrimStart().TrimStart(';').TrimStart();
            if (text.StartsWith("--"))
            {
                text = After(text, "\n");
            }
            else if (text.StartsWith("/*"))
            {
                text = After(text, "*/");
            }
            else
            {
                return text;
            }
        }
    }

    private static ReadOnlySpan<char> AfterStatement(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Quotes) is var at and >= 0)
        {
            text = text[at..];
            switch (text[0])
            {
                case ';':
                    return text[1..];
                case '\'' or '"':
                    text = After(text[1..], text[0] == '\'' ? "'" : "\""); // a doubled quote starts the next literal
                    break;
                case '-' when text.StartsWith("--"):
                    text = After(text, "\n");
                    break;
                case '/' when text.StartsWith("/*"):
                    text = After(text, "*/");
                    break;
                default:
                    text = text[1..];
                    break;
            }
        }

        return [];
    }

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> text, string mark) =>
        text.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0 ? text[(at + mark.Length)..] : [];
}
