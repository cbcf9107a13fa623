using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json;
using MassTransit;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.Tasks;

public enum Size
{
    Small = 0,
    Large = 1,
}

public sealed record Parcel
{
    public required string To { get; init; }

    public Size Size { get; init; }

    public Address? Address { get; init; }
}

public sealed record Address(string Street, int Number);

public sealed record Event(int Number);

/// <summary>Messages by the name of their type.</summary>
public sealed class TaskTypesTests
{
    private readonly TaskTypes _types = Types(services => services.AddTaskType<Parcel>().AddTaskType<Parcel>());

    [Fact]
    public void A_type_without_a_namespace_is_refused()
    {
        var error = Assert.Throws<OutboxConfigurationException>(() => Types(services => services.AddTaskType<Nameless>()));

        Assert.Equal("The task type Nameless has no namespace, and messages are named by it: declare it in one.", error.Message);
    }

    [Fact]
    public void A_message_type_is_known_by_its_name()
    {
        Assert.Contains(nameof(Parcel), _types.Names);
        Assert.True(_types.Contains(nameof(Parcel)));
        Assert.False(_types.Contains(nameof(Size)));
        Assert.False(_types.Contains("parcel"));
    }

    [Fact]
    public void No_type_is_open_by_default() => Assert.Empty(Types(_ => { }).Names);

    [Fact]
    public void Of_an_assembly_only_chosen_types_are_open() =>
        Assert.Equal([nameof(Parcel)], Types(s => s.AddTaskTypes(typeof(Parcel).Assembly, type => type == typeof(Parcel) || type == typeof(Size))).Names);

    [Fact]
    public void Only_its_declared_schedule_may_enqueue_a_closed_type()
    {
        var types = Types(services => services.AddSchedule("nightly", "0 3 * * *", new Event(1)));

        Assert.Empty(types.Names);
        Assert.False(types.Contains(nameof(Event)));
        Assert.True(types.ContainsFor("nightly", nameof(Event)));
        Assert.False(types.ContainsFor("nightly", nameof(Parcel)));
        Assert.False(types.ContainsFor("hourly", nameof(Event)));
        Assert.True(types.TryReadFor("nightly", nameof(Event), Json("""{"number":1}"""), out _, out var error), error);
    }

    [Theory]
    [InlineData("""{"to":"ann","size":"Large","address":{"street":"x","number":1}}""")]
    [InlineData("""{"To":"ann"}""")]
    public void A_message_is_read(string json)
    {
        Assert.True(_types.TryRead(nameof(Parcel), Json(json), out var message, out var error), error);
        Assert.NotNull(message);
    }

    [Theory]
    [InlineData("""{}""", "to")]
    [InlineData("""{"to":null}""", "$.to")]
    [InlineData("""{"to":"secret","size":"Huge-secret"}""", "$.size")]
    [InlineData("""{"to":"secret","size":1}""", "$.size")]
    [InlineData("""{"to":"secret","from":"secret"}""", "from")]
    [InlineData("""{"to":"secret","to":"secret"}""", "to")]
    [InlineData("""{"to":"secret","address":{"street":"secret"}}""", "$.address")]
    [InlineData("""{"to":"secret","address":{"street":"secret","number":"secret"}}""", "$.address.number")]
    [InlineData("""{"to":"\ud800"}""", "")]
    [InlineData("null", "null")]
    [InlineData("[]", "")]
    public void A_wrong_field_is_refused_by_path_without_its_value(string json, string place)
    {
        Assert.False(_types.TryRead(nameof(Parcel), Json(json), out _, out var error));
        Assert.Contains(place, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_types_of_one_name_are_an_error()
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Other"), AssemblyBuilderAccess.Run).DefineDynamicModule("Other");
        var other = module.DefineType("Other.Parcel", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class).CreateType();

        var failure = Assert.Throws<OutboxConfigurationException>(() => Types(s => s.AddTaskType<Parcel>().AddTaskTypes(other.Assembly, _ => true)));

        Assert.Contains("Other.Parcel", failure.Message, StringComparison.Ordinal);
    }

    private static TaskTypes Types(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.TryAddTaskTypes();
        add(services);
        return services.BuildServiceProvider().GetRequiredService<TaskTypes>();
    }

    private static JsonElement Json(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
