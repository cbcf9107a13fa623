using MassTransit;
using Messaging.Outbox;

namespace UserOfTheLibrary;

internal sealed class InvoiceReportConsumer(IUnitOfWork unit, InvoiceReports reports, ITaskContext task) : IConsumer<InvoiceReportRequested>
{
    public async Task Consume(ConsumeContext<InvoiceReportRequested> context)
    {
        var id = context.Message.ReportId;
        var written = await reports.WriteAsync(id, from: task.Part * 1_000, count: 1_000, context.CancellationToken);
        unit.Execute("UPDATE invoice_reports SET invoices = invoices + $1 WHERE id = $2", written, id);
        if (written == 1_000)
        {
            task.ReportProgress(percent: 40, $"part {task.Part}");
            task.ContinueLater();                                // the same message once more, for the next part
        }
        else
        {
            task.SetResult(new { parts = task.Part + 1 });
        }
    }
}

internal sealed class InvoiceReports
{
    public Task<int> WriteAsync(Guid id, int from, int count, CancellationToken cancellationToken) =>
        Task.FromResult(cancellationToken.IsCancellationRequested || id == Guid.Empty ? 0 : Math.Max(0, count - from));
}

public sealed record InvoiceReportRequested(Guid ReportId);
