using System.Collections.Concurrent;
using MassTransit;

namespace Messaging.Outbox.Tests.MassTransit.Sagas;

public sealed record OrderPlaced(Guid OrderId, string Number);

public sealed record ReserveStock(Guid OrderId);

public sealed record StockReserved(Guid OrderId);

public sealed record ReleaseStock(Guid OrderId);

public sealed record TakePayment(Guid OrderId);

public sealed record PaymentTaken(Guid OrderId);

public sealed record PaymentOverdue(Guid OrderId);

public sealed record SendBill(Guid OrderId);

public sealed record OrderNoted(string Number);

public sealed record OrderRenumbered(Guid OrderId, string Number);

public sealed record OrderShipped(Guid OrderId);

public sealed record OrderUnknown(Guid OrderId);

/// <summary>What an order remembers. A row of the table sagas, as JSON.</summary>
public sealed class OrderState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string? CurrentState { get; private set; }
    public string Number { get; set; } = "";
    public int Notes { get; set; }
    public List<string> History { get; } = [];
    public Guid? PaymentTimeout { get; set; }
}

/// <summary>
/// An order: stock is reserved, then the payment is taken, then the bill is sent. When the payment fails, or takes too long, the stock is
/// released. What it publishes is committed together with its state.
/// </summary>
public sealed class OrderStateMachine : MassTransitStateMachine<OrderState>
{
    public OrderStateMachine(ShopScript script)
    {
        InstanceState(order => order.CurrentState);
        Event(() => Placed, x => x.CorrelateById(context => context.Message.OrderId));
        Event(() => Reserved, x => x.CorrelateById(context => context.Message.OrderId));
        Event(() => Paid, x => x.CorrelateById(context => context.Message.OrderId));
        Event(() => PaymentFailed, x => x.CorrelateById(context => context.Message.Message.OrderId));
        Event(() => Noted, x =>
        {
            x.CorrelateBy(order => order.Number, context => context.Message.Number);
            x.SelectId(_ => NewId.NextGuid());
        });
        Event(() => Renumbered, x => x.CorrelateById(context => context.Message.OrderId));
        Event(() => Shipped, x =>
        {
            x.CorrelateById(context => context.Message.OrderId);
            x.OnMissingInstance(missing => missing.ExecuteAsync(context => context.Publish(new OrderUnknown(context.Message.OrderId))));
        });
        Schedule(() => Overdue, order => order.PaymentTimeout, x =>
        {
            x.Delay = script.PaymentTimeout;
            x.Received = received => received.CorrelateById(context => context.Message.OrderId);
        });

        Initially(
            When(Placed)
                .Then(context => context.Saga.Number = context.Message.Number)
                .Then(context => context.Saga.History.Add("placed"))
                .Publish(context => new ReserveStock(context.Saga.CorrelationId))
                .ThenAsync(context => script.Placed(context))
                .TransitionTo(Reserving),
            When(Noted)
                .Then(context => (context.Saga.Number, context.Saga.Notes) = (context.Message.Number, 1))
                .TransitionTo(Draft));
        During(Reserving,
            When(Reserved)
                .Publish(context => new TakePayment(context.Saga.CorrelationId))
                .Schedule(Overdue, context => new PaymentOverdue(context.Saga.CorrelationId))
                .TransitionTo(Paying));
        During(Paying,
            When(Paid)
                .Then(context => context.Saga.History.Add("paid"))
                .Unschedule(Overdue)
                .Publish(context => new SendBill(context.Saga.CorrelationId))
                .TransitionTo(Billed),
            When(PaymentFailed)
                .Unschedule(Overdue)
                .Publish(context => new ReleaseStock(context.Saga.CorrelationId))
                .TransitionTo(Cancelled),
            When(Overdue.Received)
                .Publish(context => new ReleaseStock(context.Saga.CorrelationId))
                .TransitionTo(Cancelled));
        During(Billed, When(Shipped).Finalize());
        During([Reserving, Paying, Billed, Draft, Cancelled],
            When(Noted).Then(context => context.Saga.Notes++),
            When(Renumbered).Then(context => context.Saga.Number = context.Message.Number),
            Ignore(Placed));
        SetCompletedWhenFinalized();
    }

    public State Draft { get; private set; } = null!;
    public State Reserving { get; private set; } = null!;
    public State Paying { get; private set; } = null!;
    public State Billed { get; private set; } = null!;
    public State Cancelled { get; private set; } = null!;

    public Event<OrderPlaced> Placed { get; private set; } = null!;
    public Event<StockReserved> Reserved { get; private set; } = null!;
    public Event<PaymentTaken> Paid { get; private set; } = null!;
    public Event<Fault<TakePayment>> PaymentFailed { get; private set; } = null!;
    public Event<OrderNoted> Noted { get; private set; } = null!;
    public Event<OrderRenumbered> Renumbered { get; private set; } = null!;
    public Event<OrderShipped> Shipped { get; private set; } = null!;
    public Schedule<OrderState, PaymentOverdue> Overdue { get; private set; } = null!;
}

/// <summary>What the shop does besides; a test changes it.</summary>
public sealed class ShopScript
{
    public TimeSpan PaymentTimeout { get; init; } = TimeSpan.FromHours(1);
    public Func<BehaviorContext<OrderState, OrderPlaced>, Task> Placed { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether a payment is taken; false is one that is still waited for.</summary>
    public Func<bool> Pay { get; set; } = () => true;

    public ConcurrentQueue<OrderUnknown> Unknown { get; } = new();
}

public sealed class PaymentRefusedException() : Exception("The card is refused."), IPermanentFailure;

/// <summary>The consumers around the order. Each effect is a row, so that one too many is seen.</summary>
public sealed class ShopConsumers(ShopScript script, IUnitOfWork unit) :
    IConsumer<ReserveStock>, IConsumer<ReleaseStock>, IConsumer<TakePayment>, IConsumer<SendBill>, IConsumer<OrderUnknown>
{
    public async Task Consume(ConsumeContext<ReserveStock> context)
    {
        await Note("reserved", context);
        await context.Publish(new StockReserved(context.Message.OrderId));
    }

    public Task Consume(ConsumeContext<ReleaseStock> context) => Note("released", context);

    public Task Consume(ConsumeContext<TakePayment> context) =>
        script.Pay() ? context.Publish(new PaymentTaken(context.Message.OrderId)) : Task.CompletedTask;

    public Task Consume(ConsumeContext<SendBill> context) => Note("bill", context);

    public Task Consume(ConsumeContext<OrderUnknown> context)
    {
        script.Unknown.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    private Task Note(string effect, ConsumeContext context)
    {
        unit.Execute("INSERT INTO things (name) VALUES ($1)", $"{effect} {context.MessageId}");
        return Task.CompletedTask;
    }
}
