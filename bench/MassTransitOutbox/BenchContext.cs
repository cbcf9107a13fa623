using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Messaging.Bench.MassTransitOutbox;

/// <summary>The peers' two tables, and MassTransit's three.</summary>
internal sealed class BenchContext(DbContextOptions<BenchContext> options) : DbContext(options)
{
    /// <summary>Makes MassTransit's tables, unless they are there.</summary>
    public async Task MakeTablesAsync()
    {
        var tables = await Database.SqlQueryRaw<string?>("SELECT to_regclass('\"OutboxState\"')::text AS \"Value\"").SingleAsync();
        if (tables is null)
        {
            await this.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        }
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>(user =>
        {
            user.ToTable("users", table => table.ExcludeFromMigrations());
            user.Property(u => u.Id).HasColumnName("id");
            user.Property(u => u.Email).HasColumnName("email");
            user.Property(u => u.RegisteredAt).HasColumnName("registered_at");
        });
        modelBuilder.Entity<LogEntry>(entry =>
        {
            entry.ToTable("log_entries", table => table.ExcludeFromMigrations());
            entry.Property(e => e.Id).HasColumnName("id");
            entry.Property(e => e.Message).HasColumnName("message");
            entry.Property(e => e.LoggedAt).HasColumnName("logged_at");
        });
        modelBuilder.AddTransactionalOutboxEntities();
    }
}

internal sealed record User(Guid Id, string Email, DateTimeOffset RegisteredAt);

internal sealed record LogEntry(Guid Id, string Message, DateTimeOffset LoggedAt);
