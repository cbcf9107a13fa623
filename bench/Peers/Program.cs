using System.Globalization;
using Messaging.Bench.Peers;

return args switch
{
    ["bare-api", var port, var database] => await BareApi.RunAsync(port, database),
    ["bare-publisher", var broker, var count, var queue, var bytes] => await BarePublisher.RunAsync(broker, queue, Number(count), Number(bytes)),
    ["hangfire-api", var port, var database, var jobs] => await HangfirePeer.ServeAsync(port, database, Number(jobs)),
    ["hangfire-server", var database] => await HangfirePeer.WorkAsync(database),
    ["masstransit-publisher", var broker, var count] => await MassTransitPeer.PublishAsync(broker, Number(count)),
    ["masstransit-consumer", var broker, var database] => await MassTransitPeer.ConsumeAsync(broker, database),
    ["staging-producer", var count] => await StagingConsumer.ProduceAsync(Number(count)),
    ["staging-consumer"] => await StagingConsumer.ConsumeAsync(),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine(
        """
        bare-api PORT CONNECTION-STRING
        bare-publisher AMQP-URI COUNT QUEUE BYTES
        hangfire-api PORT CONNECTION-STRING JOBS
        hangfire-server CONNECTION-STRING
        masstransit-publisher AMQP-URI COUNT
        masstransit-consumer AMQP-URI CONNECTION-STRING
        staging-producer COUNT
        staging-consumer
        """);
    return 2;
}
