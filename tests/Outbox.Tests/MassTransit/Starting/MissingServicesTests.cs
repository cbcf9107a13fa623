using MassTransit;
using Messaging.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.MassTransit.Starting;

/// <summary>The host of a library's user, in Production: a service that is missing stops the start, and not the first message.</summary>
public sealed class MissingServicesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_consumers_missing_service_is_named_with_the_remedy() =>
        Assert.Equal(
            "NeedyConsumer needs IClerk, which is not registered: write services.AddScoped<IClerk, …>().",
            await FailureAsync(x => x.AddConsumer<NeedyConsumer>()));

    [Fact]
    public async Task A_missing_service_of_a_consumers_dependency_is_named() =>
        Assert.Equal(
            "NeedyConsumer needs IClerk, whose Clerk needs Paper, which is not registered: write services.AddScoped<Paper>().",
            await FailureAsync(x =>
            {
                x.AddConsumer<NeedyConsumer>();
                x.AddScoped<IClerk, Clerk>();
            }));

    [Fact]
    public async Task A_missing_keyed_service_is_named() =>
        Assert.Equal(
            "KeyedConsumer needs IClerk, which is not registered: write services.AddKeyedScoped<IClerk, …>(\"night\").",
            await FailureAsync(x => x.AddConsumer<KeyedConsumer>()));

    [Fact]
    public async Task A_handlers_missing_service_is_named() =>
        Assert.Contains(
            "needs IClerk, which is not registered", await FailureAsync(x => x.AddHandler((ConsumeContext<Letter> _, IClerk _) => Task.CompletedTask)), StringComparison.Ordinal);

    [Fact]
    public async Task A_saga_activitys_missing_service_is_named() =>
        Assert.Equal(
            "StampActivity needs IClerk, which is not registered: write services.AddScoped<IClerk, …>().",
            await FailureAsync(x => x.AddSagaStateMachine<LetterStateMachine, LetterState>().OutboxRepository()));

    [Fact]
    public async Task A_filters_missing_service_is_named() =>
        Assert.Equal(
            "OpenFilter<T> needs IClerk, which is not registered: write services.AddScoped<IClerk, …>().",
            await FailureAsync(x => x.AddConsumer<ContentConsumer>(), (context, bus) => bus.UseConsumeFilter(typeof(OpenFilter<>), context)));

    [Fact]
    public async Task The_missing_service_of_a_filter_for_one_message_is_named() =>
        Assert.Equal(
            "LetterFilter needs IClerk, which is not registered: write services.AddScoped<IClerk, …>().",
            await FailureAsync(x => x.AddConsumer<ContentConsumer>(), (context, bus) => bus.UseConsumeFilter<LetterFilter>(context)));

    [Fact]
    public async Task All_missing_services_are_named_at_once() =>
        Assert.Equal(2, (await FailureAsync(x =>
        {
            x.AddConsumer<NeedyConsumer>();
            x.AddConsumer<KeyedConsumer>();
        })).Split(Environment.NewLine).Length);

    [Fact]
    public async Task With_every_service_registered_it_starts()
    {
        using var host = Build(
            x =>
            {
                x.AddConsumer<NeedyConsumer>();
                x.AddConsumer<KeyedConsumer>();
                x.AddConsumer<ContentConsumer>();
                x.AddHandler((ConsumeContext<Letter> _, IClerk _) => Task.CompletedTask);
                x.AddSagaStateMachine<LetterStateMachine, LetterState>().OutboxRepository();
                x.AddScoped<IClerk, Clerk>();
                x.AddScoped(_ => new Paper());
                x.AddKeyedScoped<IClerk>("night", (provider, _) => provider.GetRequiredService<IClerk>());
            },
            (context, bus) => bus.UseConsumeFilter(typeof(OpenFilter<>), context));

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task A_keyed_service_may_ask_for_its_key_and_pass_it_on()
    {
        using var host = Build(
            x =>
            {
                x.AddConsumer<KeyedConsumer>();
                x.AddKeyedScoped<IClerk, ShiftClerk>("night");
                x.AddKeyedScoped<Paper>("night");
            },
            configureBus: null);

        await host.StartAsync();
        await host.StopAsync();
    }

    private async Task<string> FailureAsync(
        Action<IBusRegistrationConfigurator> configure, Action<IBusRegistrationContext, IInMemoryBusFactoryConfigurator>? configureBus = null)
    {
        using var host = Build(configure, configureBus);
        return (await Assert.ThrowsAsync<OutboxConfigurationException>(() => host.StartAsync())).Message;
    }

    private IHost Build(
        Action<IBusRegistrationConfigurator> configure, Action<IBusRegistrationContext, IInMemoryBusFactoryConfigurator>? configureBus)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddOutbox(o => o.UseSqlite(_folder.File("test.db")).Configure(options => options.Dispatch = false));
            configure(x);
            x.UsingInMemory((context, bus) =>
            {
                configureBus?.Invoke(context, bus);
                bus.ConfigureEndpoints(context);
            });
        });
        return builder.Build();
    }

    public sealed record Letter(Guid Id);

    private interface IClerk;

    private sealed class Paper;

#pragma warning disable CS9113 // what needs them is what is tested
    private sealed class Clerk(Paper paper) : IClerk;

    private sealed class ShiftClerk([ServiceKey] string shift, [FromKeyedServices] Paper paper) : IClerk;

    private sealed class NeedyConsumer(IUnitOfWork unit, IClerk clerk, TimeProvider? time = null) : ContentConsumer;

    private sealed class KeyedConsumer([FromKeyedServices("night")] IClerk clerk) : ContentConsumer;

    private sealed class OpenFilter<T>(IClerk clerk) : IFilter<ConsumeContext<T>>
        where T : class
    {
        public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next) => next.Send(context);

        public void Probe(ProbeContext context)
        {
        }
    }

    private sealed class LetterFilter(IClerk clerk) : IFilter<ConsumeContext<Letter>>
    {
        public Task Send(ConsumeContext<Letter> context, IPipe<ConsumeContext<Letter>> next) => next.Send(context);

        public void Probe(ProbeContext context)
        {
        }
    }

    private sealed class StampActivity(IClerk clerk) : IStateMachineActivity<LetterState, Letter>
    {
        public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

        public Task Execute(BehaviorContext<LetterState, Letter> context, IBehavior<LetterState, Letter> next) => next.Execute(context);

        public Task Faulted<TException>(BehaviorExceptionContext<LetterState, Letter, TException> context, IBehavior<LetterState, Letter> next)
            where TException : Exception => next.Faulted(context);

        public void Probe(ProbeContext context)
        {
        }
    }
#pragma warning restore CS9113

    private class ContentConsumer : IConsumer<Letter>
    {
        public Task Consume(ConsumeContext<Letter> context) => Task.CompletedTask;
    }

    public sealed class LetterState : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }
        public string? CurrentState { get; set; }
    }

    private sealed class LetterStateMachine : MassTransitStateMachine<LetterState>
    {
        public LetterStateMachine()
        {
            InstanceState(letter => letter.CurrentState);
            Event(() => Sent, x => x.CorrelateById(context => context.Message.Id));
            Initially(When(Sent).Activity(x => x.OfType<StampActivity>()).TransitionTo(Final));
        }

        public Event<Letter> Sent { get; private set; } = null!;
    }
}
