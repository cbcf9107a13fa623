using Messaging.Outbox;

namespace Messaging.Api.Profiles;

/// <summary>Reads profiles from the database.</summary>
internal sealed class ProfileReader(IStoreReader store)
{
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public async Task<UserProfile?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await store.QueryAsync(
            $"SELECT {UserProfile.Columns} FROM users WHERE id = $1", [id], UserProfile.Read, cancellationToken)).FirstOrDefault();

    /// <summary>Reads a page of profiles, newest first.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public Task<Page<UserProfile>> ListAsync(string? email, Guid? after, int limit, CancellationToken cancellationToken) => store.PageAsync(
        "users",
        UserProfile.Columns,
        new SqlFilter().And("email =", email).And("id <", after), // the column email is indexed
        match: _ => { },
        limit,
        UserProfile.Read,
        cancellationToken: cancellationToken);
}
