using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper.Configuration;

namespace Messaging.Worker.Exports;

/// <summary>
/// Writes CSV fields so that a spreadsheet does not run logged text as a formula. Every field is quoted, so that line breaks stay
/// inside their field. An apostrophe precedes what looks like the start of a formula, at the start of a field and after each line
/// break, semicolon or tab in it: some programs split lines before they parse quotes (OWASP, CSV Injection), and where the list
/// separator is a semicolon, as in German, a spreadsheet splits fields there.
/// </summary>
internal static partial class CsvFields
{
    public static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        ShouldQuote = _ => true,
        InjectionOptions = InjectionOptions.None, // checks only the first character of a field
    };

    public static string Neutralized(string field) => FormulaStart().Replace(field, "'");

    // The last four are the full-width forms, which spreadsheets in East Asian locales accept as well.
    [GeneratedRegex(@"(?<=\A|[\r\n\v\f\u0085\u2028\u2029;\t])(?=[=+\-@\t\uFF1D\uFF0B\uFF0D\uFF20])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FormulaStart();
}
