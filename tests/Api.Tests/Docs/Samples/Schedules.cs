using MassTransit;
using Messaging.Outbox;

namespace UserOfTheLibrary;

internal static class Schedules
{
    public static void Add(IBusRegistrationConfigurator configurator) =>
        configurator.AddSchedule("invoice-reminders", "30 2 * * *", new InvoiceRemindersDue());
}

public sealed record InvoiceRemindersDue;
