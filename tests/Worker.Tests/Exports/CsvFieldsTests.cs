using System.Globalization;
using CsvHelper;
using Messaging.Worker.Exports;

namespace Messaging.Worker.Tests.Exports;

/// <summary>How a field of an export is written.</summary>
public sealed class CsvFieldsTests
{
    [Theory]
    [InlineData("order placed", "order placed")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("a\n=1+1", "a\n'=1+1")]
    [InlineData("a\r=1+1", "a\r'=1+1")]
    [InlineData("a\r\n@SUM(A1)", "a\r\n'@SUM(A1)")]
    [InlineData("+1\n-1\n\t=1", "'+1\n'-1\n'\t'=1")]
    [InlineData("a;=1+1;b", "a;'=1+1;b")]
    [InlineData("a\t=1+1", "a\t'=1+1")]
    [InlineData("a\u2028=1", "a\u2028'=1")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    [InlineData("a=1-1@b", "a=1-1@b")]
    public void No_line_of_a_field_begins_a_formula(string field, string expected) =>
        Assert.Equal(expected, CsvFields.Neutralized(field));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("plain")]
    [InlineData("with \"quotes\", and a comma")]
    public void Every_field_is_quoted_and_read_back_as_it_was(string field)
    {
        using var text = new StringWriter();
        using (var writer = new CsvWriter(text, CsvFields.Configuration, leaveOpen: true))
        {
            writer.WriteField(field);
            writer.WriteField("second");
            writer.NextRecord();
        }

        Assert.StartsWith("\"", text.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\"second\"\r\n", text.ToString(), StringComparison.Ordinal);
        using var reader = new CsvReader(new StringReader(text.ToString()), CultureInfo.InvariantCulture);
        Assert.True(reader.Read());
        Assert.Equal((field, "second"), (reader.GetField(0), reader.GetField(1)));
    }
}
