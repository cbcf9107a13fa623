using Messaging.Outbox.Payloads;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>What is shown of a message that waits for a decision.</summary>
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
}
