using System.ComponentModel;
using System.Text.Json.Serialization;
using Messaging.Outbox.Payloads;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>What the attributes of a message say, and which slips are found.</summary>
public sealed class MessagePlanTests
{
    [Fact]
    public void Redacted_properties_are_found_in_nested_objects_and_lists() =>
        Assert.Equal(["secret", "owner.email", "others.email", "byName.email", "shapes.code"], MessagePlan.Of(typeof(Letter)).Redacted);

    [Fact]
    public void A_type_that_contains_itself_is_read_once() => Assert.Equal(["secret"], MessagePlan.Of(typeof(Tree)).Redacted);

    [Fact]
    public void A_sensitive_type_is_known_as_such()
    {
        Assert.True(MessagePlan.Of(typeof(Secret)).IsSensitive);
        Assert.False(MessagePlan.Of(typeof(Letter)).IsSensitive);
    }

    [Theory]
    [InlineData(typeof(ListKey), "ListKey.items: its type")]
    [InlineData(typeof(RealKey), "RealKey.amount: its type Double")]
    [InlineData(typeof(TwoKeys), "TwoKeys.b: another property has the key 'Order'")]
    [InlineData(typeof(SensitiveKey), "SensitiveKey is [Sensitive]")]
    [InlineData(typeof(RedactedKey), "RedactedKey.email: it is [Redacted] as well")]
    [InlineData(typeof(NestedKey), "NestedKey.inner.id: only a property of the message itself")]
    [InlineData(typeof(HiddenKey), "HiddenKey.Id: it is not a public property that is written to JSON")]
    [InlineData(typeof(NameOfKey), "NameOfKey.id: the name 'a b' is not")]
    [InlineData(typeof(RedactedReadOnly), "RedactedReadOnly.source is [Redacted] and [ReadOnly]")]
    [InlineData(typeof(ManyKeys), "ManyKeys.i: a message has at most 8 search keys")]
    public void A_wrong_attribute_is_refused_with_its_reason(Type message, string reason) =>
        Assert.Contains(reason, Assert.Throws<OutboxConfigurationException>(() => MessagePlan.Of(message)).Message, StringComparison.Ordinal);

    public sealed record Person(string Name, [property: Redacted] string Email);

    [JsonDerivedType(typeof(Circle), "circle")]
    public abstract record Shape;

    public sealed record Circle([property: Redacted] int Code) : Shape;

    public sealed record Letter([property: Redacted] string Secret, Person Owner, IReadOnlyList<Person> Others, Dictionary<string, Person> ByName, Shape[] Shapes);

    public sealed record Tree([property: Redacted] string Secret, Tree? Left, IReadOnlyList<Tree> Others);

    [Sensitive]
    public sealed record Secret(string Value);

    internal sealed record ListKey([property: SearchKey] IReadOnlyList<int> Items);

    internal sealed record RealKey([property: SearchKey] double Amount);

    internal sealed record TwoKeys([property: SearchKey("order")] int A, [property: SearchKey("Order")] int B);

    [Sensitive]
    internal sealed record SensitiveKey([property: SearchKey] int Id);

    internal sealed record RedactedKey([property: SearchKey, Redacted] string Email);

    internal sealed record RedactedReadOnly([property: Redacted, ReadOnly(true)] string Source);

    internal sealed record NestedKey(Inner Inner);

    internal sealed record Inner([property: SearchKey] int Id);

    internal sealed record HiddenKey([property: SearchKey, JsonIgnore] int Id);

    internal sealed record NameOfKey([property: SearchKey("a b")] int Id);

    internal sealed record ManyKeys(
        [property: SearchKey] int A,
        [property: SearchKey] int B,
        [property: SearchKey] int C,
        [property: SearchKey] int D,
        [property: SearchKey] int E,
        [property: SearchKey] int F,
        [property: SearchKey] int G,
        [property: SearchKey] int H,
        [property: SearchKey] int I);
}
