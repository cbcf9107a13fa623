using System.Globalization;
using Messaging.Outbox;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;

namespace Messaging.Api.Profiles;

/// <summary>
/// Caches profiles in memory while this process receives change events (<see cref="IInstanceEndpoint{TConsumer}"/>); otherwise it
/// reads from the database.
/// </summary>
/// <remarks>
/// A read that is in flight while its profile is dropped would still store the old value in the <see cref="HybridCache"/>, and
/// later readers would join it. So the key contains a version: a value read under an old version is not found under the new one.
/// Users share the version of a slot, which bounds the memory for versions and costs the others in the slot one read.
/// </remarks>
internal sealed class ProfileCache(
    HybridCache cache, ProfileReader reader, IInstanceEndpoint<ProfileChangedConsumer> changes, IOptions<ProfileOptions> options)
{
    private readonly long[] _versions = new long[4_096];

    private readonly HybridCacheEntryOptions _entry = new()
    {
        Expiration = options.Value.CacheLifetime,
        Flags = HybridCacheEntryFlags.DisableDistributedCache,
    };

    /// <returns>The profile, or null. Missing profiles are not cached, so that requests with random ids do not fill the memory.</returns>
    /// <exception cref="StoreUnavailableException">The profile is not cached, and the database did not answer in time.</exception>
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

    /// <summary>Drops the cached profile; a read that started before is not returned to later callers.</summary>
    public async Task DropAsync(Guid id)
    {
        var before = changes.Session is { } session ? KeyOf(id, session) : null;
        Interlocked.Increment(ref VersionOf(id));
        if (before is not null)
        {
            await cache.RemoveAsync(before); // frees the memory before the entry expires
        }
    }

    private string KeyOf(Guid id, long session) =>
        string.Create(CultureInfo.InvariantCulture, $"profile/{id:N}/{session}/{Interlocked.Read(ref VersionOf(id))}");

    private ref long VersionOf(Guid id) => ref _versions[(uint)id.GetHashCode() % (uint)_versions.Length];
}
