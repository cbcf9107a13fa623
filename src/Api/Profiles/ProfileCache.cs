using System.Globalization;
using Messaging.ServiceDefaults.Messaging;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Profiles;

/// <summary>
/// Profiles in the memory of this process, as long as it hears of every change (<see cref="InstanceEndpoint{TConsumer}"/>); while it
/// does not, the database is asked.
/// </summary>
/// <remarks>
/// A read that is under way while its profile is dropped would still put the old value into a <see cref="HybridCache"/>, and later
/// readers would join it. So the key contains a version: what is read under the version of before is found by nobody who comes
/// after. Versions are shared by the users of a slot, which bounds their memory and costs a neighbour one read.
/// </remarks>
internal sealed class ProfileCache(
    HybridCache cache, ProfileReader reader, InstanceEndpoint<ProfileChangedConsumer> changes, IOptions<ProfileOptions> options)
{
    private readonly long[] _versions = new long[4_096];

    private readonly HybridCacheEntryOptions _entry = new()
    {
        Expiration = options.Value.CacheLifetime,
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    /// <returns>The profile; null when there is none, which is not kept: nobody fills the memory with ids that are made up.</returns>
    /// <exception cref="Outbox.StoreUnavailableException">It is not in memory, and the database did not answer in time.</exception>
    public async Task<UserProfile?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (changes.Session is not { } session)
        {
            return await reader.FindAsync(id, cancellationToken);
        }

        var key = KeyOf(id, session);
        var profile = await cache.GetOrCreateAsync(
            key, (reader, id), static async (state, token) => await state.reader.FindAsync(state.id, token), _entry, tags: null, cancellationToken);
        if (profile is null)
        {
            await cache.RemoveAsync(key, cancellationToken);
        }

        return profile;
    }

    /// <summary>From now on nobody gets what was read before.</summary>
    public async Task DropAsync(Guid id)
    {
        var before = changes.Session is { } session ? KeyOf(id, session) : null;
        Interlocked.Increment(ref VersionOf(id));
        if (before is not null)
        {
            await cache.RemoveAsync(before); // it would expire by itself, later
        }
    }

    private string KeyOf(Guid id, long session) =>
        string.Create(CultureInfo.InvariantCulture, $"profile/{id:N}/{session}/{Interlocked.Read(ref VersionOf(id))}");

    private ref long VersionOf(Guid id) => ref _versions[(uint)id.GetHashCode() % (uint)_versions.Length];
}
