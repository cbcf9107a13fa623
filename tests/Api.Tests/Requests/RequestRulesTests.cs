using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore.Requests;

#pragma warning disable ASP0029 // The API of the resolvers is experimental.

namespace Messaging.Api.Tests.Requests;

public sealed class RequestRulesTests
{
    private readonly RequestRules _rules = new();

    // The framework asks for each value of each request: reading a type took a quarter of the time of a POST /log.
    [Fact]
    public void The_rules_of_a_type_are_read_once()
    {
        Assert.True(_rules.TryGetValidatableTypeInfo(typeof(WithRules), out var first));
        Assert.True(_rules.TryGetValidatableTypeInfo(typeof(WithRules), out var second));

        Assert.Same(first, second);
    }

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(Dictionary<string, string>))]
    [InlineData(typeof(DayOfWeek))]
    public void Types_without_rules_have_none(Type type) => Assert.False(_rules.TryGetValidatableTypeInfo(type, out _));

    private sealed record WithRules([property: Required] string? Name);
}
