using MassTransit;

namespace Greetings;

public sealed record Greeting(string Name);

internal sealed class GreetingConsumer : IConsumer<Greeting>
{
    public Task Consume(ConsumeContext<Greeting> context)
    {
        Console.WriteLine($"Hello, {context.Message.Name}");
        return Task.CompletedTask;
    }
}
