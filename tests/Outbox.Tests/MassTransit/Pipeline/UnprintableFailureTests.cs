using System.Collections;
using System.Reflection;
using MassTransit;
using Messaging.Outbox.Tests.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Tests.MassTransit.Pipeline;

public sealed class SqliteUnprintableFailureTests : UnprintableFailureTests
{
    protected override Task<StoreUnderTest> CreateAsync() => SqliteUnderTest.CreateAsync();
}

public sealed class PostgresUnprintableFailureTests : UnprintableFailureTests
{
    protected override Task<StoreUnderTest> CreateAsync() => PostgresUnderTest.CreateAsync();
}

/// <summary>Exceptions that fail when they are told, logged or serialized: what is kept is the failure, and the policy is kept.</summary>
public abstract class UnprintableFailureTests : StoreSuite
{
    public static TheoryData<string, string> Failures => new()
    {
        { "a type in Data", "InvalidOperationException: it failed" },
        { "a cycle in Data", "InvalidOperationException: it failed" },
        { "a throwing value in Data", "InvalidOperationException: it failed" },
        { "Message", "NastyException: (no message: it throws a NotSupportedException)" },
        { "Data", "NastyException: it failed" },
        { "StackTrace", "NastyException: it failed" },
        { "ToString", "NastyException: it failed" },
        { "Source", "NastyException: it failed" },
        { "GetBaseException", "NastyException: it failed" },
        { "a chain of 20,000", "InvalidOperationException: it failed" },
        { "a cycle", "InvalidOperationException: it failed" },
        { "an aggregate of 5,000", "AggregateException: One or more errors occurred. (it failed)" },
        { "half a character", "InvalidOperationException: it failed \uFFFD" },
        { "a message of null", "NastyException: (no message)" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task An_exception_that_cannot_be_printed_is_retried_and_kept(string nasty, string expected)
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, PipelineUnderTest.Quick(immediate: 1, delayed: 1));
        pipeline.Script.Greet = (_, _) => Thrower.Throw(nasty);

        var task = await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        Assert.StartsWith(expected, task.LastError, StringComparison.Ordinal);
        Assert.Equal(4, task.Attempts);
        var attempts = await pipeline.Services.GetRequiredService<ITaskStore>().FailedAttemptsAsync(task.Id);
        Assert.All(attempts, attempt => Assert.StartsWith(expected, attempt.Error, StringComparison.Ordinal));
        var type = expected.Split(':')[0];
        Assert.Equal(1, await UnderTest.CountAsync("dead_letters", $"exception_type LIKE '%{type}' AND throw_site LIKE '%Thrower.Throw%' AND stack_trace LIKE '{type}%Thrower.Throw%'"));
        var fault = Assert.Single(await pipeline.PublishedAsync<Fault<Greet>>());
        Assert.InRange(fault.Context.Message.Exceptions.Length, 1, 100);
        Assert.DoesNotContain(fault.Context.Message.Exceptions, e => e.ExceptionType.Contains("SerializationException", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NastyException")]
    [InlineData("NotSupportedException")] // its base
    public async Task An_unprintable_exception_fails_at_once_by_its_type(string named)
    {
        var options = PipelineUnderTest.Quick(immediate: 2, delayed: 2);
        options.FailAtOnce = [named];
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest, options);
        pipeline.Script.Greet = (_, _) => Thrower.Throw("ToString");

        Assert.Equal(1, (await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed)).Attempts);
    }

    [Fact]
    public async Task The_data_of_an_exception_is_in_the_fault_as_text()
    {
        await using var pipeline = await PipelineUnderTest.StartAsync(UnderTest);
        pipeline.Script.Greet = (_, _) => throw new InvalidOperationException("it failed") { Data = { ["order"] = 7, ["type"] = typeof(string) } };

        await pipeline.TaskAsync(await pipeline.AddAsync(new Greet("ann")), TaskState.Failed);

        var fault = Assert.Single(await pipeline.PublishedAsync<Fault<Greet>>());
        var data = Assert.Single(fault.Context.Message.Exceptions).Data;
        Assert.Equal(("7", "System.String"), ($"{data?["order"]}", $"{data?["type"]}"));
    }

    private static class Thrower
    {
        public static Task Throw(string nasty)
        {
            const string Message = "it failed";
            switch (nasty)
            {
                case "a type in Data":
                    throw new InvalidOperationException(Message) { Data = { ["t"] = typeof(string) } };
                case "a cycle in Data":
                    var cycle = new List<object>();
                    cycle.Add(cycle);
                    throw new InvalidOperationException(Message) { Data = { ["t"] = cycle } };
                case "a throwing value in Data":
                    throw new InvalidOperationException(Message) { Data = { ["t"] = new Unspeakable() } };
                case "a chain of 20,000":
                    var inner = new InvalidOperationException("the first");
                    for (var i = 0; i < 20_000; i++)
                    {
                        inner = new InvalidOperationException(Message, inner);
                    }

                    throw inner;
                case "a cycle":
                    var self = new InvalidOperationException(Message);
                    typeof(Exception).GetField("_innerException", BindingFlags.NonPublic | BindingFlags.Instance)!.SetValue(self, self);
                    throw self;
                case "an aggregate of 5,000":
                    throw new AggregateException(Enumerable.Range(0, 5_000).Select(_ => new InvalidOperationException(Message)));
                case "half a character":
                    throw new InvalidOperationException(Message + " \ud83d");
                default:
                    throw new NastyException(nasty);
            }
        }
    }

    private sealed class NastyException(string member) : NotSupportedException("it failed")
    {
        public override string Message => member switch
        {
            "Message" => throw new NotSupportedException(),
            "a message of null" => null!,
            _ => base.Message,
        };

        public override IDictionary Data => member == "Data" ? throw new NotSupportedException() : base.Data;

        public override string? StackTrace => member == "StackTrace" ? throw new NotSupportedException() : base.StackTrace;

        public override string? Source
        {
            get => member == "Source" ? throw new NotSupportedException() : base.Source;
            set => base.Source = value;
        }

        public override Exception GetBaseException() => member == "GetBaseException" ? throw new NotSupportedException() : base.GetBaseException();

        public override string ToString() => member == "ToString" ? throw new NotSupportedException() : base.ToString();
    }
}
