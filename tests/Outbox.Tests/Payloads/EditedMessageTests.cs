using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit.Serialization;
using Messaging.Outbox.Payloads;

namespace Messaging.Outbox.Tests.Payloads;

/// <summary>An edited message is checked as its type, as the bus reads it, and never has a replacement in the place of a value.</summary>
public sealed class EditedMessageTests
{
    private const string Before =
        """{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":3,"to":"ann","price":"12.50","size":1,"phone":"12","source":"service","items":[{"name":"a","code":"1"},{"name":"b","code":"2","stock":7}],"first":{"name":"a","stock":5}}""";

    private static readonly JsonSerializerOptions Bus = MessageReading.Strict(SystemTextJsonMessageSerializer.Options);

    [Fact]
    public void What_the_bus_has_written_passes_unchanged()
    {
        var written = JsonSerializer.Serialize(
            new Parcel(Guid.NewGuid(), 3, "ann", Note: null) { Price = 12.5m, Size = Size.Large, Items = [new Item("a", "1")] }, SystemTextJsonMessageSerializer.Options);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(written), Edit(written, written)));
    }

    [Theory]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":"heavy","to":"ann"}""", "weight", "is not that of a Parcel")]
    [InlineData("""{"id":"no id","weight":1,"to":"ann"}""", "id", "is not that of a Parcel")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1}""", "to", "is missing: a Parcel has to have it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","to":"ann"}""", "weight", "is missing: a Parcel has to have it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":null}""", "to", "is not that of a Parcel")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","nto":"x"}""", "nto", "is not a member of Parcel.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","items":[{"name":"a"},{"name":"b","cod":"1","stock":7}]}""", "items[1].cod", "is not a member of Parcel.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","items":[{"code":"1"}]}""", "items[0].name", "is missing: a Parcel has to have it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","source":"me"}""", "source", "cannot be changed: only the service sets it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","approved":"me"}""", "approved", "cannot be changed: only the service sets it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","$other":"x"}""", "$other", "is not a member of Parcel.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","items":[{"name":"a","stock":9}]}""", "items[0].stock", "cannot be changed: only the service sets it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","items":[{"name":"a"},{"name":"b"}]}""", "items[1].stock", "cannot be left out: only the service sets it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","first":{"name":"a","stock":9}}""", "first.stock", "cannot be changed: only the service sets it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","byName":{"a":{"name":"a","stock":9}}}""", "byName.a.stock", "cannot be changed: only the service sets it.")]
    [InlineData("""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"dear [redacted]"}""", "to", "has '[redacted]' within its text")]
    [InlineData("[]", "", "must be an object.")]
    [InlineData("""{"weight":1,"weight":2}""", "", "has a member twice.")]
    public void A_slip_is_refused_with_its_member(string edited, string path, string reason)
    {
        var error = Assert.Throws<EditedMessageException>(() => Edit(edited, Before));

        Assert.Contains(reason, Assert.Contains(path, error.Problems)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void All_missing_members_are_named_at_once() =>
        Assert.Equal(["id", "weight", "to"], Assert.Throws<EditedMessageException>(() => Edit("{}", Before)).Problems.Keys);

    [Fact]
    public void No_value_stands_in_the_error() =>
        Assert.DoesNotContain("s3cret", Assert.Throws<EditedMessageException>(() => Edit("""{"id":"s3cret","weight":1,"to":"ann"}""", Before)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void What_a_newer_sender_has_added_may_stay()
    {
        const string Newer = """{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","colour":"red","items":[{"name":"a","shape":"round"}]}""";

        var edited = Edit(Newer.Replace("ann", "bob", StringComparison.Ordinal), Newer);

        Assert.Equal(("bob", "red", "round"), ((string?)edited["to"], (string?)edited["colour"], (string?)edited["items"]![0]!["shape"]));
    }

    [Fact]
    public void Redacted_values_that_are_left_alone_stay_as_they_are()
    {
        var edited = Edit(
            """{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":4,"to":"ann","phone":"[redacted]","items":[{"name":"a","code":"[redacted]"},{"name":"c","code":"[redacted]","stock":7}],"first":{"name":"b"}}""", Before);

        Assert.Equal(("12", "1", "2", "service"), ((string?)edited["phone"], (string?)edited["items"]![0]!["code"], (string?)edited["items"]![1]!["code"], (string?)edited["source"]));
        Assert.Equal(5, (int?)edited["first"]!["stock"]);
    }

    [Theory]
    [InlineData("""[{"name":"b","code":"[redacted]"},{"name":"a","code":"[redacted]"}]""")]
    [InlineData("""[{"name":"a","code":"[redacted]"}]""")]
    [InlineData("""["[redacted]","[redacted]"]""")]
    public void Redacted_values_in_a_list_that_was_reordered_are_refused(string items)
    {
        var error = Assert.Throws<EditedMessageException>(() => Edit($$"""{"id":"0190163d-8694-739b-aea5-966c26f8ad91","weight":1,"to":"ann","items":{{items}}}""", Before));

        Assert.Contains("'[redacted]'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_the_service_in_a_derived_type_cannot_be_set()
    {
        var error = Assert.Throws<EditedMessageException>(() => Refuse("""{"of":{"$type":"card","limit":9}}""", """{"of":{"$type":"card","limit":1}}"""));

        Assert.Equal("of.limit", Assert.Single(error.Problems.Keys));

        static void Refuse(string edited, string before) => EditedMessage.OfTransit(typeof(Payment), EditedMessage.Parse(edited), JsonNode.Parse(before), Bus);
    }

    [Fact]
    public void A_message_of_an_interface_is_checked_too()
    {
        var right = EditedMessage.OfTransit(typeof(IShipped), EditedMessage.Parse("""{"count":2}"""), JsonNode.Parse("""{"count":1}"""), Bus);
        var error = Assert.Throws<EditedMessageException>(() => EditedMessage.OfTransit(typeof(IShipped), EditedMessage.Parse("""{"count":"two"}"""), JsonNode.Parse("""{"count":1}"""), Bus));

        Assert.Equal(2, (int?)right["count"]);
        Assert.Equal("count", Assert.Single(error.Problems.Keys));
    }

    private static JsonObject Edit(string edited, string before) => EditedMessage.OfTransit(typeof(Parcel), EditedMessage.Parse(edited), JsonNode.Parse(before), Bus);

    public enum Size
    {
        Small,
        Large,
    }

    public sealed record Item(string Name, [property: Redacted] string? Code = null)
    {
        [ReadOnly(true)]
        public int? Stock { get; init; }
    }

    public sealed record Parcel(Guid Id, int Weight, string To, string? Note)
    {
        public decimal Price { get; init; }

        public Size Size { get; init; }

        [Redacted]
        public string? Phone { get; init; }

        [ReadOnly(true)]
        public string Source { get; init; } = "";

        [ReadOnly(true)]
        public string? Approved { get; init; }

        public Item? First { get; init; }

        public IReadOnlyList<Item> Items { get; init; } = [];

        public IReadOnlyDictionary<string, Item> ByName { get; init; } = new Dictionary<string, Item>();
    }

    public sealed record Payment(Means Of);

    [System.Text.Json.Serialization.JsonDerivedType(typeof(Card), "card")]
    public abstract record Means;

    public sealed record Card : Means
    {
        [ReadOnly(true)]
        public int Limit { get; init; }
    }

    public interface IShipped
    {
        int Count { get; }
    }
}
