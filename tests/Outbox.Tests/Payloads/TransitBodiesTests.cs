using System.Text;
using Messaging.Outbox.Payloads;
using BusEnvelope = Messaging.Outbox.Transport.Envelope;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>What is shown of a message that waits for a decision, and that an edit of it loses nothing.</summary>
public sealed class TransitBodiesTests
{
    private const string Envelope = """{"messageType":["urn:message:Shop:Order"],"message":{"email":"ann@example.org","items":[{"EMAIL":"bob@example.org","n":1}]},"email":"envelope"}""";

    private static readonly string[] Redacted = ["email", "items.email"];

    [Fact]
    public void Values_of_redacted_members_are_replaced_within_the_message() => Assert.Equal(
        """{"messageType":["urn:message:Shop:Order"],"message":{"email":"[redacted]","items":[{"EMAIL":"[redacted]","n":1}]},"email":"envelope"}""",
        TransitBodies.Without(Redacted, Envelope));

    [Fact]
    public void A_body_without_an_envelope_is_replaced_in_whole() =>
        Assert.Equal("""{"a":{"email":"[redacted]"},"b":null}""", TransitBodies.Without(Redacted, """{"a":{"email":{"x":1}},"b":null}"""));

    [Fact]
    public void A_body_that_cannot_be_read_is_not_shown()
    {
        Assert.Null(TransitBodies.Without(Redacted, "email=ann@example.org"));
        Assert.Equal("email=ann@example.org", TransitBodies.Without([], "email=ann@example.org"));
    }

    [Fact]
    public void An_edit_keeps_the_values_that_were_not_shown()
    {
        var edit = DeadLetterEdit.Message(System.Text.Json.JsonElement.Parse("""{"email":"[redacted]","items":[{"EMAIL":"new@example.org","n":2}]}"""));

        var body = Encoding.UTF8.GetString(edit.Apply(BusEnvelope.ContentType, Encoding.UTF8.GetBytes(Envelope)));

        Assert.Equal(
            """{"messageType":["urn:message:Shop:Order"],"message":{"email":"ann@example.org","items":[{"EMAIL":"new@example.org","n":2}]},"email":"envelope"}""", body);
    }

    [Fact]
    public void A_replacement_without_a_value_is_refused()
    {
        var edit = DeadLetterEdit.Message(System.Text.Json.JsonElement.Parse("""{"items":[{"n":1},{"email":"[redacted]"}]}"""));

        var error = Assert.Throws<DeadLetterEditException>(() => edit.Apply(BusEnvelope.ContentType, Encoding.UTF8.GetBytes(Envelope)));

        Assert.Contains("'[redacted]'", error.Message, StringComparison.Ordinal);
    }
}
