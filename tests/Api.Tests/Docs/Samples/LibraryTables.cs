using MassTransit;
using Messaging.Outbox;
using Microsoft.EntityFrameworkCore;

namespace UserOfTheLibrary;

internal static class JoinedDbContext
{
    /// <summary>What the context saves from now on is committed with the unit of work, or not at all.</summary>
    public static async Task JoinAsync(this DbContext db, IUnitOfWork unit, CancellationToken cancellationToken)
    {
        if (db.ContextId.Lease > 0)
        {
            throw new InvalidOperationException("A pooled context keeps the connection of the unit for its next user: register it with AddDbContext, not with AddDbContextPool.");
        }

        var transaction = await unit.BeginAsync(cancellationToken);
        db.Database.SetDbConnection(transaction.Connection);
        await db.Database.UseTransactionAsync(transaction, cancellationToken);
    }
}

internal sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();
}

internal sealed class Parcel
{
    public required Guid Id { get; init; }
}

internal sealed class ParcelRequestedConsumer(ShopDb db, IUnitOfWork unit) : IConsumer<ParcelRequested>
{
    public async Task Consume(ConsumeContext<ParcelRequested> context)
    {
        await db.JoinAsync(unit, context.CancellationToken);               // before the first query
        db.Parcels.Add(new Parcel { Id = context.Message.OrderId });
        await db.SaveChangesAsync(context.CancellationToken);              // written in the unit's transaction, which the inbox commits
    }
}
