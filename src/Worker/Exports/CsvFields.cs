using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper.Configuration;

namespace Messaging.Worker.Exports;

/// <summary>
/// How a field is written, so that whoever opens the file in a spreadsheet does not run what anybody has logged. Every field is quoted, so a
/// line break of any kind stays inside its field. What looks like the beginning of a formula has an apostrophe before it, at the beginning of
/// the field, and after each line break, semicolon or tab in it: some programs split lines before they look at quotes (OWASP, CSV Injection), and
/// where a semicolon separates the fields of a list, as in German, a spreadsheet splits there what a comma separates here.
/// </summary>
internal static partial class CsvFields
{
    public static readonly CsvConfiguration Configuration = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
        ShouldQuote = _ => true,
        InjectionOptions = InjectionOptions.None, // it looks at the first character of a field only
    };

    public static string Neutralized(string field) => FormulaStart().Replace(field, "'");

    // The last four are the full-width forms, which spreadsheets in East Asian locales take as well.
    [GeneratedRegex(@"(?<=\A|[\r\n\v\f\u0085\u2028\u2029;\t])(?=[=+\-@\t\uFF1D\uFF0B\uFF0D\uFF20])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FormulaStart();
}
