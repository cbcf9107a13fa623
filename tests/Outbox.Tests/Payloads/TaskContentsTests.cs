using System.Globalization;
using System.Text;
using Messaging.Outbox.Payloads;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>What is kept of a message.</summary>
public sealed class TaskContentsTests
{
    private static readonly Guid Id = new("0190163d-8694-739b-aea5-966c26f8ad91");

    [Fact]
    public void The_message_is_kept_in_the_form_that_callers_send()
    {
        var kept = Of(new Order(Id, 3, OrderSize.Large, Email: null));

        Assert.Equal(typeof(Order).FullName, kept!.Payload!.Type);
        Assert.Equal($$"""{"id":"{{Id}}","count":3,"size":"Large","email":null}""", Json(kept.Payload));
        Assert.Equal(kept.Payload.Message!.Length, kept.Payload.Bytes);
        Assert.Null(kept.Payload.Address);
        Assert.Equal([new("id", $"{Id}"), new("size", "Large")], kept.Keys);
    }

    [Fact]
    public void Redacted_values_are_replaced_at_every_depth()
    {
        var ann = new MessagePlanTests.Person("ann", "ann@example.org");

        var kept = Of(new MessagePlanTests.Letter("s3cret", ann, [ann], new() { ["a"] = ann }, [new MessagePlanTests.Circle(4711)]))!.Payload!;

        Assert.DoesNotContain("ann@example.org", Json(kept), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Json(kept), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", Json(kept), StringComparison.Ordinal);
        Assert.Contains("""{"name":"ann","email":"[redacted]"}""", Json(kept), StringComparison.Ordinal);
        Assert.Equal("secret,owner.email,others.email,byName.email,shapes.code", kept.Redacted);
    }

    [Theory]
    [InlineData("äöü", 18)]
    [InlineData("aaa", 15)]
    public void The_limit_is_in_bytes_and_what_reaches_it_is_kept(string value, int bytes)
    {
        var fits = Of(new Plain(value), o => o.Payloads.MaxBytes = bytes)!.Payload!;
        var exceeds = Of(new Plain(value), o => o.Payloads.MaxBytes = bytes - 1)!.Payload!;

        Assert.Equal($$"""{"value":"{{value}}"}""", Json(fits));
        Assert.Null(exceeds.Message);
        Assert.Equal(bytes, exceeds.Bytes);
    }

    [Fact]
    public void Nothing_is_kept_where_it_is_off()
    {
        Assert.Null(Of(new Plain("a"), o => o.Payloads.Keep = false));
        Assert.Null(Of(new Plain("a"), o => o.Payloads.Types["Plain"] = new() { Keep = false }));
        Assert.NotNull(Of(new Plain("a"), o => (o.Payloads.Keep, o.Payloads.Types["plain"]) = (false, new() { Keep = true })));
    }

    [Fact]
    public void Nothing_of_a_sensitive_type_is_kept_whatever_the_settings() =>
        Assert.Null(Of(new MessagePlanTests.Secret("a"), o => o.Payloads.Types["Secret"] = new() { Keep = true }));

    [Fact]
    public void Keys_are_stored_where_payloads_are_off()
    {
        var kept = Of(new Order(Id, 3, OrderSize.Large, Email: null), o => o.Payloads.Keep = false)!;

        Assert.Null(kept.Payload);
        Assert.Equal(2, kept.Keys.Count);
    }

    [Fact]
    public void A_message_that_cannot_be_written_is_not_kept()
    {
        var loop = new Loop();
        loop.Next = loop;

        Assert.Null(Of(loop)?.Payload);
    }

    [Fact]
    public void A_key_has_one_text_for_equal_values_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
        try
        {
            Assert.Equal("1.5", SearchKeyValue.Of(1.50m));
            Assert.Equal("-7", SearchKeyValue.Of(-7L));
            Assert.Equal("true", SearchKeyValue.Of(true));
            Assert.Equal("2026-05-04", SearchKeyValue.Of(new DateOnly(2026, 5, 4)));
            Assert.Equal("2026-05-04T10:00:00Z", SearchKeyValue.Of(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.FromHours(2))));
            Assert.Equal($"{Id}", SearchKeyValue.Of(Id));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Values_that_identify_nothing_are_not_stored()
    {
        Assert.Null(SearchKeyValue.Of(null));
        Assert.Null(SearchKeyValue.Of(""));
        Assert.Null(SearchKeyValue.Of(new string('a', 201)));
        Assert.Null(SearchKeyValue.Of("a\0b"));
        Assert.Equal(200, SearchKeyValue.Of(new string('a', 200))!.Length);
    }

    private static TaskContent? Of<T>(T message, Action<OutboxOptions>? configure = null)
        where T : class
    {
        var options = new OutboxOptions();
        configure?.Invoke(options);
        return new TaskContents(Options.Create(options), new MessageTypes([], [])).Of(message, address: null);
    }

    private static string Json(StagedPayload payload) => Encoding.UTF8.GetString(payload.Message!);

    public enum OrderSize
    {
        Small = 0,
        Large = 1,
    }

    public sealed record Order([property: SearchKey] Guid Id, int Count, [property: SearchKey] OrderSize Size, [property: SearchKey] string? Email);

    public sealed record Plain(string Value);

    public sealed class Loop
    {
        public Loop? Next { get; set; }
    }
}
