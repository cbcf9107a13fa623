using MassTransit;
using Messaging.Outbox.MassTransit.Sending;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Tasks;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>The type of a message in transit is known by its name on the wire, and redacted by what that type says alone.</summary>
public sealed class MessageTypesTests
{
    private readonly TransitBodies _bodies = new(new MessageTypes([new RegisteredTaskType(typeof(Order))], [], new BusMessages()));

    [Fact]
    public void A_type_with_a_name_of_its_own_is_redacted_by_itself() => Assert.Equal(["pin"], RedactedOf<Renamed>());

    [Fact]
    public void A_generic_type_that_was_never_sent_is_redacted_by_itself()
    {
        Assert.Equal(["before.email", "after.email", "reason"], RedactedOf<Changed<Order>>());
        Assert.Equal(["before.pin", "after.pin", "reason"], RedactedOf<Changed<Renamed>>());
        Assert.Equal(["before.before.email", "before.after.email", "before.reason", "after.before.email", "after.after.email", "after.reason", "reason"], RedactedOf<Changed<Changed<Order>>>());
    }

    [Fact]
    public void A_type_that_was_seen_is_known_whatever_assembly_it_is_of()
    {
        var types = new MessageTypes([], [], new BusMessages());
        types.Add(typeof(Changed<Order>));

        Assert.Equal(typeof(Changed<Order>), types.FindByWireName(MessageUrn.ForTypeString<Changed<Order>>()));
        Assert.Null(types.FindByWireName(MessageUrn.ForTypeString<Order>()));
    }

    [Fact]
    public void A_generic_type_is_found_once_its_argument_was_seen()
    {
        var types = new MessageTypes([new RegisteredTaskType(typeof(Order))], [], new BusMessages());
        var name = MessageUrn.ForTypeString<Changed<TaskRecord>>();

        Assert.Null(types.FindByWireName(name)); // TaskRecord is of another assembly
        types.Add(typeof(TaskRecord));

        Assert.Equal(typeof(Changed<TaskRecord>), types.FindByWireName(name));
    }

    [Theory]
    [InlineData("urn:message:Shop:Other")]
    [InlineData("urn:message:Messaging.Outbox.Tests.Payloads:MessageTypesTests+Changed[[Shop:Other]]")]
    [InlineData("urn:message:Messaging.Outbox.Tests.Payloads:MessageTypesTests+Changed[[[[[[")]
    [InlineData("urn:message:Messaging.Outbox.Tests.Payloads:MessageTypesTests+Changed[[]]")]
    [InlineData("urn:message:Messaging.Outbox.Tests.Payloads:MessageTypesTests+Changed[[Shop:Order, Shop, Version=a]]")]
    [InlineData("urn:message:Messaging.Outbox.Tests.Payloads:MessageTypesTests+Changed[[*&]]")]
    [InlineData("urn:message:Messaging.Outbox.Tests.Payloads:MessageTypesTests+Changed[[System:String]]")]
    public void A_type_that_is_not_known_is_redacted_by_all(string name)
    {
        var redacted = _bodies.RedactedOf([name]);

        Assert.Contains("email", redacted);
        Assert.Contains("pin", redacted);
        Assert.Equal(redacted, _bodies.RedactedOf([]));
    }

    [Fact]
    public void Only_its_own_type_counts_and_not_one_that_it_inherits() =>
        Assert.Contains("pin", _bodies.RedactedOf(["urn:message:Shop:Special", MessageUrn.ForTypeString<Order>()]));

    [Fact]
    public void A_sensitive_type_with_a_name_of_its_own_is_hidden()
    {
        Assert.True(_bodies.IsSensitive([MessageUrn.ForTypeString<Hidden>()], "other-hidden"));
        Assert.True(_bodies.IsSensitive(["urn:message:Elsewhere:Hidden"], "Hidden"));
        Assert.False(_bodies.IsSensitive([MessageUrn.ForTypeString<Order>()], "Order"));
    }

    [Theory]
    [InlineData("urn:message:Shop:Order", "Order")]
    [InlineData("urn:message:Shop:Outer+Order", "Outer+Order")]
    [InlineData("urn:message:Shop:Changed[[Shop.Sales:Order]]", "Changed<Order>")]
    [InlineData("urn:message:Shop:Pair[[Shop:Page[[Shop:Order]]],[Shop:Item]]", "Pair<Page<Order>,Item>")]
    [InlineData(null, null)]
    public void The_short_name_is_without_namespaces(string? urn, string? name) => Assert.Equal(name, MessageMetadata.NameOf(urn));

    private IReadOnlyList<string> RedactedOf<T>()
        where T : class => _bodies.RedactedOf([MessageUrn.ForTypeString<T>(), "urn:message:Shop:Base"]);

    public sealed record Order([property: Redacted] string Email, int Count);

    [MessageUrn("other-name")]
    public sealed record Renamed([property: Redacted] int Pin);

    [MessageUrn("other-hidden"), Sensitive]
    public sealed record Hidden(string Value);

    public sealed record Changed<T>(T Before, T After, [property: Redacted] string Reason);
}
