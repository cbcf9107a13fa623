using Messaging.Outbox.AspNetCore;
using Microsoft.Extensions.Configuration;

namespace Messaging.Api.Tests.Access;

/// <summary>The settings that <c>--new-key</c> prints.</summary>
public sealed class NewKeyCommandTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1, "0")]
    [InlineData(11, "2", "10", "other")] // by the number, and not in the order of the text
    public void A_new_key_has_the_index_after_those_of_the_settings(int expected, params string[] present)
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(present.Select(key => KeyValuePair.Create($"Access:Keys:{key}:Name", (string?)"ann")))
            .Build();
        using var output = new StringWriter();

        Assert.Equal(0, NewKeyCommand.Run([NewKeyCommand.Argument, "read", "bob"], settings, output, TextWriter.Null));

        var printed = output.ToString();
        Assert.Contains($"Access__Keys__{expected}__Name=bob", printed, StringComparison.Ordinal);
        Assert.Contains($"Access__Keys__{expected}__Hash=", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_settings_it_says_that_one_has_to_count_up()
    {
        using var output = new StringWriter();

        NewKeyCommand.Run([NewKeyCommand.Argument, "operate"], settings: null, output, TextWriter.Null);

        Assert.Contains("Access__Keys__0__Role=operate", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Count up if you have others elsewhere", output.ToString(), StringComparison.Ordinal);
    }
}
