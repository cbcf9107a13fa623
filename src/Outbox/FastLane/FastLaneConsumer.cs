using MassTransit;
using MassTransit.JobService;
using Messaging.Outbox.Inbox;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.FastLane;

/// <summary>Runs a consumer that only stages, each message in a scope of its own, with what it may ask for.</summary>
internal sealed class FastLaneConsumer<TConsumer, TMessage>(Uri inputAddress, IServiceScopeFactory scopes, StoreClock time)
    where TConsumer : class, IConsumer<TMessage>
    where TMessage : class
{
    private readonly string _queue = ConsumerRegistry.QueueOf(inputAddress);

    // As the pipeline has it: the inbox key of a message has to be the same on both ways.
    private readonly Guid _consumerId = JobMetadataCache<TConsumer, TMessage>.GenerateJobTypeId(ConsumerRegistry.QueueOf(inputAddress));

    private readonly Guid _untrackedId = Delivery.UntrackedOf(JobMetadataCache<TConsumer, TMessage>.GenerateJobTypeId(ConsumerRegistry.QueueOf(inputAddress)));

    public FastLaneRun Run(FastLaneArrival<TMessage> arrival)
    {
        var context = new FastLaneReceiveContext(inputAddress);
        AsyncServiceScope? scope = null;
        var running = Task.CompletedTask;
        StagedWork? work = null;
        try
        {
            scope = scopes.CreateAsyncScope();
            var provider = context.Provider = scope.Value.ServiceProvider;
            var delivery = Delivery.First(arrival.MessageId, _consumerId, _untrackedId, _queue, arrival.Headers);
            var attempt = new Attempt(delivery, time.GetUtcNow());
            delivery.Progress.Start(delivery.ConsumerId, attempt.StartedAt);
            var unit = provider.GetRequiredService<UnitOfWork>();
            unit.EnterConsumer();
            unit.Work.InboxKeys.Add(delivery.Key);
            provider.GetRequiredService<TaskContext>().Attempt = attempt;

            running = Resolve(provider, context).Consume(new FastLaneConsumeContext<TMessage>(context, arrival.Envelope, arrival.Body));
            if (!running.IsCompleted || attempt.Continues)
            {
                context.Exceed();
            }
            else if (running.IsCompletedSuccessfully && !context.NeedsPipeline)
            {
                work = unit.TakeRows() ?? throw context.Exceed();
                unit.LeaveConsumer();
                if (attempt.Success is { } outcome)
                {
                    work.Outcomes.Add(outcome);
                }
            }
        }
        catch (Exception)
        {
            // The pipeline tries it again, and then says what is wrong.
        }

        return new FastLaneRun(work, context.NeedsPipeline, EndAsync(running, context, scope));
    }

    private static TConsumer Resolve(IServiceProvider provider, FastLaneReceiveContext context)
    {
        try
        {
            return provider.GetRequiredService<TConsumer>();
        }
        catch (InvalidOperationException)
        {
            throw context.Exceed(); // it asks for something that only the pipeline has, such as the consume context
        }
    }

    private static async Task EndAsync(Task running, FastLaneReceiveContext context, AsyncServiceScope? scope)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.HasEnded = true;
        if (scope is { } created)
        {
            await created.DisposeAsync();
        }
    }
}

/// <summary>What became of a run.</summary>
/// <param name="Work">What was staged; null when the message is for the pipeline.</param>
/// <param name="NeedsPipeline">Whether the consumer does more than stage rows.</param>
/// <param name="Ended">When the consumer has come to its end: the pipeline is not to run it beside itself.</param>
internal readonly record struct FastLaneRun(StagedWork? Work, bool NeedsPipeline, Task Ended);
