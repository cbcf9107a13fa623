using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tests.Redelivery;

/// <summary>How long a message is deferred, and what is recorded about why.</summary>
public sealed class RetryOptionsTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(7, 640)]
    [InlineData(8, 900)]
    [InlineData(1_000, 900)]
    public void The_pause_doubles_up_to_its_limit_with_a_quarter_of_jitter(int redelivery, int seconds)
    {
        var options = new RetryOptions();

        var delays = Enumerable.Range(0, 1_000).Select(_ => options.DelayOf(redelivery).TotalSeconds).ToList();

        Assert.All(delays, delay => Assert.InRange(delay, seconds * 0.75, seconds * 1.25));
        Assert.True(delays.Max() > seconds * 1.1 && delays.Min() < seconds * 0.9, "the delays hardly differ");
    }

    [Theory]
    [InlineData("550 <bob@example.org>: unknown", "Exception: 550 <(address)>: unknown")]
    [InlineData("a\r\n   at Program.Main()\tb", "Exception: a at Program.Main() b")]
    [InlineData("a\0b", "Exception: a b")]
    [InlineData("x@y, \"z@w.example\"", "Exception: (address), \"(address)\"")]
    public void A_failure_is_one_line_without_addresses(string message, string expected) =>
        Assert.Equal(expected, FailureText.Of(new Exception(message)));

    [Fact]
    public void An_address_with_an_apostrophe_is_removed_whole() =>
        Assert.Equal("Exception: 450 (address) later", FailureText.Of(new Exception("450 o'brien@example.org later")));

    [Fact]
    public void Half_a_character_does_not_reach_the_database()
    {
        var text = FailureText.Of(new Exception($"{new string('a', 488)}😀😀\ud800 b"));

        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_long_word_is_read_quickly() => Assert.Equal(500, FailureText.Of(new Exception(new string('a', 5_000_000))).Length);

    [Fact]
    public void A_failure_is_cut_to_500_characters() => Assert.Equal(500, FailureText.Of(new Exception(new string('a', 10_000))).Length);
}
