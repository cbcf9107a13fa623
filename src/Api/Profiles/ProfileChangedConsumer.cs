using MassTransit;
using Messaging.Contracts;

namespace Messaging.Api.Profiles;

/// <summary>Drops the cached profile of a user after any change.</summary>
internal sealed class ProfileChangedConsumer(ProfileCache cache) : IConsumer<ProfileChanged>, IConsumer<RegistrationMailSent>
{
    public Task Consume(ConsumeContext<ProfileChanged> context) => cache.DropAsync(context.Message.UserId);

    public Task Consume(ConsumeContext<RegistrationMailSent> context) => cache.DropAsync(context.Message.UserId);
}
