using System.Text;
using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.Payloads;
using BusEnvelope = Messaging.Outbox.Transport.Envelope;

namespace Messaging.Outbox.Tests.Control;

/// <summary>What takes the place of the body of a dead letter.</summary>
public sealed class EditedBodiesTests
{
    private const string Known = "urn:message:Messaging.Outbox.Tests.Control:EditedBodiesTests+Order", Unknown = "urn:message:Shop:Other";

    private readonly EditedBodies _bodies;

    public EditedBodiesTests()
    {
        var bus = new BusMessages();
        var types = new MessageTypes([], [], bus);
        types.Add(typeof(Order));
        _bodies = new EditedBodies(types, bus);
    }

    [Fact]
    public void A_message_keeps_its_envelope()
    {
        var edited = Apply("""{"email":"[redacted]","count":2}""");

        Assert.Equal(EnvelopeOf(Known, """{"email":"ann@example.org","count":2}"""), Text(edited));
        Assert.True(edited.IsChecked);
    }

    [Fact]
    public void A_message_of_an_unknown_type_is_refused_without_leave()
    {
        var old = EnvelopeOf(Unknown, """{"email":"ann@example.org"}""");

        var error = Assert.Throws<UncheckedEditException>(() => Apply("""{"emial":"[redacted]"}""", old));
        var allowed = Apply("""{"email":"[redacted]","any":1}""", old, isAllowed: true);

        Assert.Contains("this process does not know the type Other", error.Message, StringComparison.Ordinal);
        Assert.Equal((false, EnvelopeOf(Unknown, """{"email":"ann@example.org","any":1}""")), (allowed.IsChecked, Text(allowed)));
    }

    [Fact]
    public void A_known_type_is_checked_also_if_it_may_be_unchecked() =>
        Assert.Throws<EditedMessageException>(() => Apply("""{"email":"a","count":"two"}""", isAllowed: true));

    [Fact]
    public void A_whole_body_is_checked_as_the_type_that_it_names()
    {
        var old = "{ no json";
        var error = Assert.Throws<EditedMessageException>(() => Apply(EnvelopeOf(Known, """{"email":"a","count":"two"}"""), old, isWhole: true));

        Assert.Equal("message.count", Assert.Single(error.Problems.Keys));
        Assert.True(Apply(EnvelopeOf(Known, """{"email":"a","count":2}"""), old, isWhole: true).IsChecked);
    }

    [Fact]
    public void A_replacement_within_a_header_is_refused()
    {
        var body = EnvelopeOf(Known, """{"email":"[redacted]","count":2}""");

        var error = Assert.Throws<EditedMessageException>(() => Apply(body.Replace("\"b\"", "\"to [redacted]\"", StringComparison.Ordinal), isWhole: true));

        Assert.Equal("headers.a", Assert.Single(error.Problems.Keys));
        Assert.True(Apply(body, isWhole: true).IsChecked);
    }

    [Theory]
    [InlineData("{ no json")]
    [InlineData("""{"message":{"email":"a","count":2}}""")]
    [InlineData("""{"messageType":["urn:message:Shop:Other"],"message":1}""")]
    public void A_whole_body_that_is_no_envelope_is_refused(string body) =>
        Assert.Throws<EditedMessageException>(() => Apply(body, "{ no json", isWhole: true, isAllowed: true));

    [Fact]
    public void A_body_of_json_without_an_envelope_is_checked_by_its_header()
    {
        var metadata = $$"""{"messageTypes":["{{Known}}"]}""";
        var old = new TransitBody("application/json; charset=utf-8", Encoding.UTF8.GetBytes("""{"email":"ann","count":1}"""), metadata);

        Assert.Equal("""{"email":"ann","count":2}""", Text(_bodies.Apply(new BodyEdit("""{"email":"[redacted]","count":2}""", IsWhole: false, AllowsUnchecked: false), old)));
        Assert.Throws<EditedMessageException>(() => _bodies.Apply(new BodyEdit("""{"email":"a"}""", IsWhole: true, AllowsUnchecked: false), old));
    }

    [Fact]
    public void A_body_that_is_no_json_cannot_be_checked()
    {
        var old = new TransitBody("application/xml", Encoding.UTF8.GetBytes("<a/>"), "{}");

        Assert.Throws<UncheckedEditException>(() => _bodies.Apply(new BodyEdit("<b/>", IsWhole: true, AllowsUnchecked: false), old));
        Assert.Throws<DeadLetterEditException>(() => _bodies.Apply(new BodyEdit("<b>[redacted]</b>", IsWhole: true, AllowsUnchecked: true), old));
        Assert.Equal("<b/>", Text(_bodies.Apply(new BodyEdit("<b/>", IsWhole: true, AllowsUnchecked: true), old)));
    }

    [Fact]
    public void A_message_within_an_unreadable_envelope_cannot_be_replaced() => Assert.Throws<DeadLetterEditException>(() => Apply("""{"email":"a","count":2}""", "{ no json"));

    private EditedBody Apply(string edit, string? old = null, bool isWhole = false, bool isAllowed = false) => _bodies.Apply(
        new BodyEdit(edit, isWhole, isAllowed),
        new TransitBody(BusEnvelope.ContentType, Encoding.UTF8.GetBytes(old ?? EnvelopeOf(Known, """{"email":"ann@example.org","count":1}""")), "{}"));

    private static string EnvelopeOf(string type, string message) => $$"""{"messageType":["{{type}}"],"headers":{"a":"b"},"message":{{message}}}""";

    private static string Text(EditedBody body) => Encoding.UTF8.GetString(body.Bytes);

    public sealed record Order([property: Redacted] string Email, int Count);
}
