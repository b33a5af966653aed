/*
 * The mock cluster of librdkafka as a process, and a consumer of it. Prints its address; then reads commands, and
 * ends each answer with a line "ok":
 *	create TOPIC PARTITIONS
 *	read TOPIC PARTITIONS	from the beginning: lines of PARTITION, KEY, ID, CONTENT TYPE and VALUE, tabs between them
 *	down, up	the only broker
 *	refuse N	the next N requests to produce are answered with an error that can be tried again
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rd_kafka_mock_cluster_t *cluster;

static rd_kafka_t *make(rd_kafka_type_t type)
{
	char error[300];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *kafka;

	if (type == RD_KAFKA_CONSUMER) {
		rd_kafka_conf_set(conf, "bootstrap.servers",
			rd_kafka_mock_cluster_bootstraps(cluster), NULL, 0);
		rd_kafka_conf_set(conf, "group.id", "test", NULL, 0);
		rd_kafka_conf_set(conf, "enable.partition.eof", "true", NULL, 0);
		rd_kafka_conf_set(conf, "auto.offset.reset", "earliest", NULL, 0);
	}
	kafka = rd_kafka_new(type, conf, error, sizeof(error));
	if (!kafka) {
		fprintf(stderr, "%s\n", error);
		exit(1);
	}
	return kafka;
}

static const char *header(const rd_kafka_message_t *m, const char *name, size_t *n)
{
	rd_kafka_headers_t *headers;
	const void *value = "";

	*n = 0;
	if (rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
		rd_kafka_header_get_last(headers, name, &value, n);
	return value;
}

static void show(const rd_kafka_message_t *m)
{
	size_t id_n, type_n;
	const char *id = header(m, "id", &id_n), *type = header(m, "content-type", &type_n);

	printf("%d\t%.*s\t%.*s\t%.*s\t%.*s\n", (int)m->partition, (int)m->key_len,
		(const char *)m->key, (int)id_n, id, (int)type_n, type, (int)m->len,
		(const char *)m->payload);
}

static void read_all(const char *topic, int partitions)
{
	rd_kafka_t *kafka = make(RD_KAFKA_CONSUMER);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
	int ended = 0;

	for (int i = 0; i < partitions; i++)
		rd_kafka_topic_partition_list_add(list, topic, i)->offset =
			RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_assign(kafka, list);
	rd_kafka_topic_partition_list_destroy(list);
	while (ended < partitions) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(kafka, 10000);

		if (!m) {
			printf("nothing comes\n");
			break;
		}
		if (!m->err)
			show(m);
		ended += m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
		rd_kafka_message_destroy(m);
	}
	rd_kafka_destroy(kafka);
}

static void refuse(int n)
{
	while (n-- > 0)
		rd_kafka_mock_push_request_errors(
			cluster, 0 /* Produce */, 1, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
}

int main(void)
{
	rd_kafka_t *kafka = make(RD_KAFKA_PRODUCER);
	char line[300], topic[200];
	int n;

	cluster = rd_kafka_mock_cluster_new(kafka, 1);
	if (!cluster)
		return 1;
	printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "create %199s %d", topic, &n) == 2)
			rd_kafka_mock_topic_create(cluster, topic, n, 1);
		else if (sscanf(line, "read %199s %d", topic, &n) == 2)
			read_all(topic, n);
		else if (strcmp(line, "down\n") == 0)
			rd_kafka_mock_broker_set_down(cluster, 1);
		else if (strcmp(line, "up\n") == 0)
			rd_kafka_mock_broker_set_up(cluster, 1);
		else if (sscanf(line, "refuse %d", &n) == 1)
			refuse(n);
		printf("ok\n");
		fflush(stdout);
	}
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(kafka);
	return 0;
}
