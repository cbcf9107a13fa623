using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Store;

/// <summary>The seams between the outbox and a database, one for each subject. A database package implements all of them.</summary>
internal sealed record StoreSeams
{
    public required ISqlDialect Dialect { get; init; }
    public required IStoreQueries Queries { get; init; }
    public required ICommitStore Commits { get; init; }
    public required IInboxStore Inbox { get; init; }
    public required IOutboxStore Outbox { get; init; }
    public required IRunningTaskStore Running { get; init; }
    public required IStoreTime Time { get; init; }
    public required IRetentionStore Retention { get; init; }
    public required IStoreSpace Space { get; init; }
    public required IStoreHealth Health { get; init; }
    public required IFigureStore Figures { get; init; }

    /// <summary>Registers a store and each of its seams, so that a class can depend on the seam that it needs.</summary>
    public static void AddTo(IServiceCollection services, Func<IServiceProvider, StoreSeams> make)
    {
        services.AddSingleton(make);
        Add(seams => seams.Dialect);
        Add(seams => seams.Queries);
        Add(seams => seams.Commits);
        Add(seams => seams.Inbox);
        Add(seams => seams.Outbox);
        Add(seams => seams.Running);
        Add(seams => seams.Time);
        Add(seams => seams.Retention);
        Add(seams => seams.Space);
        Add(seams => seams.Health);
        Add(seams => seams.Figures);

        void Add<T>(Func<StoreSeams, T> seam)
            where T : class =>
            services.AddSingleton(provider => seam(provider.GetRequiredService<StoreSeams>()));
    }
}
